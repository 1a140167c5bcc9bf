using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>What clients saw.</summary>
public static class ClientMeasures
{
    internal static Measurement Of(Expectation expectation, RunResult result)
    {
        var seconds = Seconds(expectation, result);
        var (byStatus, latency, sent) = expectation.Window is null
            ? (result.Totals.ByStatus, result.Totals.Latency, result.Totals.Sent)
            : (ByStatus(seconds), Latency(seconds), seconds.Sum(static second => second.Sent));
        var answers = byStatus.Values.Sum();
        return expectation.Metric switch
        {
            Metric.SuccessRate => Measurement.Share(Count(byStatus, static status => status is >= 200 and < 300), answers),
            Metric.LatencyQuantile => Measurement.QuantileMs(
                expectation.Detail == ExpectationText.Ok ? result.Totals.OkLatency : latency,
                expectation.Quantile
            ),
            Metric.Rate => Measurement.PerSecond([.. seconds.Select(static second => (double)second.Sent)]),
            Metric.Goodput => Measurement.PerSecond([
                .. seconds.Select(static second => (double)Count(second.ByStatus, static status => status is >= 200 and < 300)),
            ]),
            Metric.Sent => new Measurement(sent),
            Metric.Retries => new Measurement(result.Totals.Retries),
            _ when expectation.IsShare => Measurement.Share(Count(byStatus, Is(expectation.Detail)), answers),
            _ => new Measurement(Count(byStatus, Is(expectation.Detail))),
        };
    }

    /// <summary>Whether a status is meant by <c>503</c>, <c>5xx</c> or <c>none</c>.</summary>
    public static Func<int, bool> Is(string text) =>
        text == "none" ? static status => status == 0
        : text.EndsWith("xx", StringComparison.Ordinal) ? status => status / 100 == text[0] - '0'
        : status => status == int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Whole seconds only: the one in which the warm-up ends is left out, and one that the run ends in.</summary>
    private static SecondRecord[] Seconds(Expectation expectation, RunResult result)
    {
        var (from, until) = expectation.Window ?? ((int)((result.WarmUpNs + 999_999_999) / 1_000_000_000), (int)(result.DurationNs / 1_000_000_000));
        return [.. result.Seconds.Where(second => second.Second >= from && second.Second < until)];
    }

    private static long Count(IReadOnlyDictionary<int, long> byStatus, Func<int, bool> isMeant) =>
        byStatus.Where(entry => isMeant(entry.Key)).Sum(static entry => entry.Value);

    private static ImmutableSortedDictionary<int, long> ByStatus(SecondRecord[] seconds)
    {
        var sums = ImmutableSortedDictionary.CreateBuilder<int, long>();
        foreach (var (status, count) in seconds.SelectMany(static second => second.ByStatus))
        {
            sums[status] = sums.GetValueOrDefault(status) + count;
        }

        return sums.ToImmutable();
    }

    private static LatencyHistogram Latency(SecondRecord[] seconds)
    {
        var all = new LatencyHistogram();
        foreach (var second in seconds)
        {
            all.Merge(second.Latency);
        }

        return all;
    }
}
