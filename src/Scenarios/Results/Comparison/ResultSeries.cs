using System.Collections.Immutable;

namespace MeshSim.Scenarios.Results;

/// <summary>One run as a comparison sees it: its whole seconds after the warm-up, in order.</summary>
/// <param name="IsLive">Over real sockets, not in virtual time.</param>
public sealed record ResultSeries(string Scenario, ulong Seed, bool IsLive, ImmutableArray<SecondSample> Seconds);

/// <summary>One side of a comparison: a run, or several of one scenario with different seeds.</summary>
/// <param name="Name">What it is called: its folder.</param>
public sealed record ComparedSide(string Name, ImmutableArray<ResultSeries> Runs)
{
    /// <summary>Requests sent after the warm-up, in all runs.</summary>
    public long Sent => Runs.Sum(static run => run.Seconds.Sum(static second => second.Sent));

    /// <summary>Seconds that each run has after its warm-up.</summary>
    public int Seconds => Runs.Min(static run => run.Seconds.Length);

    /// <summary>For each second, what happened in it in all runs.</summary>
    public ImmutableArray<SecondSample> BySecond() =>
        [.. Enumerable.Range(0, Seconds).Select(second => SecondSample.Sum([.. Runs.Select(run => run.Seconds[second])]))];

    /// <summary>For each run, what happened in all its seconds.</summary>
    public ImmutableArray<SecondSample> ByRun() => [.. Runs.Select(static run => SecondSample.Sum(run.Seconds))];

    public override string ToString() => Name;
}
