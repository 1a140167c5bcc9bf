using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>One number by which two results are compared.</summary>
/// <param name="Name"><c>success</c>, <c>p99</c>, <c>arrivals httpbin-0</c>, or a proxy and the name of a statistic.</param>
/// <param name="Unit"><c>%</c>, <c>ms</c>, or <c>/1000</c> for what is counted: per thousand requests sent.</param>
/// <param name="Margin">How far apart is still equivalent.</param>
/// <param name="IsRare">It counts events that may be few.</param>
/// <param name="Of">Estimates it.</param>
public sealed record ComparedFigure(string Name, string Unit, Tolerance Margin, bool IsRare, Func<Samples, Estimate> Of)
{
    private static readonly Tolerance OnePoint = new(1, IsShare: false);
    private static readonly Tolerance FivePercent = new(0.05, IsShare: true);
    private static readonly Tolerance TenPercent = new(0.10, IsShare: true);
    private static readonly Tolerance TwentyPercent = new(0.20, IsShare: true);

    /// <summary>All figures of two sides; what only one of them counted is compared with 0.</summary>
    public static ImmutableArray<ComparedFigure> All(ComparedSide a, ComparedSide b)
    {
        var seconds = a.Runs.Concat(b.Runs).SelectMany(static run => run.Seconds).ToArray();
        return
        [
            new("success", "%", OnePoint, false, static s => Estimate.Ratio(s, static second => 100.0 * second.Ok, static second => second.Answers)),
            new("p50", "ms", TenPercent, false, static s => Estimate.Quantile(s, 0.5)),
            new("p90", "ms", TenPercent, false, static s => Estimate.Quantile(s, 0.9)),
            new("p99", "ms", TwentyPercent, false, static s => Estimate.Quantile(s, 0.99)),
            .. Names(seconds, static second => second.Arrivals)
                .Select(static name => PerThousand($"arrivals {name}", FivePercent, false, second => second.Arrivals.GetValueOrDefault(name))),
            .. Names(seconds, static second => second.Stats)
                .Select(static name => PerThousand(name, TenPercent, true, second => second.Stats.GetValueOrDefault(name))),
        ];
    }

    private static ComparedFigure PerThousand(string name, Tolerance margin, bool isRare, Func<SecondSample, long> count) =>
        new(name, "/1000", margin, isRare, s => Estimate.Ratio(s, second => count(second), static second => second.Sent / 1000.0));

    private static IEnumerable<string> Names(SecondSample[] seconds, Func<SecondSample, ImmutableSortedDictionary<string, long>> of) =>
        seconds.SelectMany(second => of(second).Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
