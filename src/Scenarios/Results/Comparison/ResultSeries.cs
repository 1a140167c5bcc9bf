using System.Collections.Immutable;

namespace MeshSim.Scenarios.Results;

/// <summary>One run as a comparison sees it: its whole seconds after the warm-up, in order.</summary>
/// <param name="IsLive">Over real sockets, not in virtual time.</param>
/// <param name="Phases">Seconds in which a load or fault begins or ends, counted from the first of <paramref name="Seconds"/>.</param>
public sealed record ResultSeries(string Scenario, ulong Seed, bool IsLive, ImmutableArray<SecondSample> Seconds, ImmutableArray<int> Phases);

/// <summary>One side of a comparison: a run, or several of one scenario with different seeds.</summary>
/// <param name="Name">What it is called: its folder.</param>
public sealed record ComparedSide(string Name, ImmutableArray<ResultSeries> Runs)
{
    /// <summary>Requests sent after the warm-up, in all runs.</summary>
    public long Sent => Runs.Sum(static run => run.Seconds.Sum(static second => second.Sent));

    /// <summary>Seconds that each run has after its warm-up.</summary>
    public int Seconds => Runs.Min(static run => run.Seconds.Length);

    /// <summary>For each second, what happened in it in all runs.</summary>
    public Samples BySecond() =>
        new([.. Enumerable.Range(0, Seconds).Select(second => SecondSample.Sum([.. Runs.Select(run => run.Seconds[second])]))], Runs[0].Phases);

    /// <summary>For each run, what happened in all its seconds.</summary>
    public Samples ByRun() => new([.. Runs.Select(static run => SecondSample.Sum(run.Seconds))], []);

    public override string ToString() => Name;
}

/// <summary>What figures are estimated from.</summary>
/// <param name="Items">Seconds in order, or runs.</param>
/// <param name="Phases">Where phases begin.</param>
public sealed record Samples(ImmutableArray<SecondSample> Items, ImmutableArray<int> Phases);
