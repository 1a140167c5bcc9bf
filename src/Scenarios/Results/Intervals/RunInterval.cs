using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>A figure of one run with its 99 % interval, by means of batches of seconds after the warm-up (<see cref="BatchMeans"/>).</summary>
/// <param name="Name"><c>success_rate</c>, <c>p99</c>.</param>
/// <param name="Unit"><c>%</c> or <c>ms</c>.</param>
/// <param name="Value">Not a number where nobody got an answer that it could be of.</param>
/// <param name="HalfWidth">The interval reaches so far to either side; infinite when there are too few seconds to tell.</param>
/// <param name="BatchSeconds">Seconds in a batch.</param>
public sealed record RunInterval(string Name, string Unit, double Value, double HalfWidth, int BatchSeconds)
{
    private static readonly (string Name, double Quantile)[] Latencies = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

    /// <summary>Names of all figures there are.</summary>
    public static ImmutableArray<string> Names { get; } = ["success_rate", .. Latencies.Select(static latency => latency.Name)];

    /// <summary>All of them.</summary>
    public static ImmutableArray<RunInterval> All(RunResult result)
    {
        var samples = SamplesOf(result.Seconds, result.WarmUpNs, result.DurationNs, result.ChangesNs);
        return [.. Names.Select(name => Of(name, samples))];
    }

    /// <param name="name">One of <see cref="Names"/>.</param>
    public static RunInterval Of(string name, Samples samples)
    {
        var isShare = name == Names[0];
        var estimate = isShare
            ? Estimate.Ratio(samples, static second => 100.0 * second.Ok, static second => second.Answers)
            : Estimate.Quantile(samples, Latencies.First(latency => latency.Name == name).Quantile);
        var batches = BatchMeans.Of(estimate.Influence, samples.Phases);
        var half =
            double.IsNaN(estimate.Value) ? double.PositiveInfinity
            : isShare && batches.HalfWidth == 0 ? Unseen(samples.Items.Sum(static second => second.Answers))
            : batches.HalfWidth + estimate.Resolution;
        return new RunInterval(name, isShare ? "%" : "ms", estimate.Value, half, batches.Length);
    }

    /// <summary>Whole seconds between the end of the warm-up and the end of the run.</summary>
    public static Samples SamplesOf(IReadOnlyList<SecondRecord> seconds, long warmUpNs, long endNs, IEnumerable<long> changesNs)
    {
        var first = (int)((warmUpNs + MonotonicTime.NanosecondsPerSecond - 1) / MonotonicTime.NanosecondsPerSecond);
        var end = (int)(endNs / MonotonicTime.NanosecondsPerSecond);
        return new Samples(
            [.. Enumerable.Range(first, Math.Max(0, end - first)).Select(second => second < seconds.Count ? Sample(seconds[second]) : SecondSample.Sum([]))],
            [.. changesNs.Where(time => time < endNs).Select(time => (int)(time / MonotonicTime.NanosecondsPerSecond) - first)]
        );
    }

    /// <summary>The value and its interval, <c>92.2 ± 1.5 ms</c>.</summary>
    public override string ToString() =>
        double.IsNaN(Value) ? "nothing to measure"
        : double.IsFinite(HalfWidth) ? string.Create(CultureInfo.InvariantCulture, $"{Round(Value)} ± {Round(HalfWidth)} {Unit}")
        : string.Create(CultureInfo.InvariantCulture, $"{Round(Value)} {Unit} (too few seconds for an interval)");

    /// <summary>So much in a hundred may happen that was never seen, or have failed to happen, in so many answers: the exact bound of Clopper and Pearson.</summary>
    private static double Unseen(long answers) => 100 * (1 - Math.Pow((1 - BatchMeans.Level) / 2, 1.0 / answers));

    private static SecondSample Sample(SecondRecord second) =>
        new(
            second.Sent,
            second.ByStatus.Values.Sum(),
            second.ByStatus.Where(static entry => entry.Key is >= 200 and < 300).Sum(static entry => entry.Value),
            second.Latency,
            ImmutableSortedDictionary<string, long>.Empty,
            ImmutableSortedDictionary<string, long>.Empty
        );

    private static string Round(double value) => value.ToString(Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}
