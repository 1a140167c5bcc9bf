using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// What an expectation speaks of, at each whole second of a run: rates and shares of that second, counts as they have grown since its window
/// began. Not a number where there is nothing to measure.
/// </summary>
internal static class VariantSeries
{
    /// <summary>Shares of endpoints are those of so many seconds, up to the one they are drawn at.</summary>
    public const int ShareSeconds = 8;

    /// <summary>In longer runs seconds are put together, as nobody could tell so many apart.</summary>
    private const int MostPoints = 125;

    public static ImmutableArray<double> Of(Expectation shown, RunResult result) =>
        shown.Metric switch
        {
            Metric.SuccessRate => PerSecond(result, static second => Share(Count(second, "2xx"), Answers(second))),
            Metric.LatencyQuantile => PerSecond(result, second => Answers(second) == 0 ? double.NaN : second.Latency.QuantileUs(shown.Quantile) / 1000),
            Metric.Goodput => PerSecond(result, static second => Count(second, "2xx"), isCount: true),
            Metric.Rate => PerSecond(result, static second => second.Sent, isCount: true),
            Metric.Answers when shown.IsShare => PerSecond(result, second => Share(Count(second, shown.Detail), Answers(second))),
            Metric.Answers or Metric.Responses => SoFar(shown, PerSecond(result, second => Count(second, shown.Detail.Split(' ')[0]), isCount: true)),
            Metric.Arrivals => SoFar(shown, Sum(result, Meant(shown, result).Select(static endpoint => endpoint.ArrivalsBySecond))),
            Metric.Errors => SoFar(shown, Sum(result, Meant(shown, result).Select(static endpoint => endpoint.ErrorsBySecond))),
            Metric.MaxQueue => Sum(result, Meant(shown, result).Select(static endpoint => endpoint.MaxQueueBySecond)),
            Metric.Stat => SoFar(shown, Sum(result, result.Proxies.Select(proxy => proxy.StatsBySecond.GetValueOrDefault(shown.Detail, [])))),
            _ => SoFar(shown, PerSecond(result, static second => second.Sent, isCount: true)),
        };

    /// <summary>The share of each endpoint of the service meant, or, where a service is compared with others, of each service.</summary>
    public static IEnumerable<(string Name, ImmutableArray<double> Values)> Shares(Expectation shown, RunResult result)
    {
        var isOfServices = shown.Metric == Metric.Share && result.Endpoints.All(endpoint => endpoint.Name != shown.Subject);
        var service = shown.Metric == Metric.MaxShare ? shown.Subject : ServiceOf(shown.Subject);
        var lines = result
            .Endpoints.Where(endpoint => isOfServices || ServiceOf(endpoint.Name) == service)
            .GroupBy(endpoint => isOfServices ? ServiceOf(endpoint.Name) : endpoint.Name, StringComparer.Ordinal)
            .Select(group => (group.Key, Arrivals: Sum(result, group.Select(static endpoint => endpoint.ArrivalsBySecond))))
            .ToArray();
        return lines.Select(line =>
            (
                line.Key,
                Enumerable
                    .Range(0, Seconds(result))
                    .Select(second => Share(Lately(line.Arrivals, second), lines.Sum(other => Lately(other.Arrivals, second))))
                    .ToImmutableArray()
            )
        );
    }

    private static IEnumerable<EndpointRecord> Meant(Expectation shown, RunResult result) =>
        result.Endpoints.Where(endpoint => shown.Subject == "*" || endpoint.Name == shown.Subject || ServiceOf(endpoint.Name) == shown.Subject);

    private static string ServiceOf(string endpoint) => endpoint[..Math.Max(0, endpoint.LastIndexOf('-'))];

    private static double Lately(ImmutableArray<double> counts, int second) =>
        Enumerable.Range(Math.Max(0, second + 1 - ShareSeconds), Math.Min(ShareSeconds, second + 1)).Sum(one => counts[one]);

    /// <param name="isCount">Of seconds put together each has its part.</param>
    private static ImmutableArray<double> PerSecond(RunResult result, Func<SecondRecord, double> value, bool isCount = false)
    {
        var seconds = ResultCharts.Whole(result);
        var together = Math.Max(1, seconds.Length / MostPoints);
        return [.. seconds.Chunk(together).SelectMany(chunk => Enumerable.Repeat(value(Together(chunk)) / (isCount ? chunk.Length : 1), chunk.Length))];
    }

    private static SecondRecord Together(SecondRecord[] seconds)
    {
        if (seconds.Length == 1)
        {
            return seconds[0];
        }

        var byStatus = new SortedDictionary<int, long>();
        var latency = new LatencyHistogram();
        foreach (var second in seconds)
        {
            latency.Merge(second.Latency);
            foreach (var (status, count) in second.ByStatus)
            {
                byStatus[status] = byStatus.GetValueOrDefault(status) + count;
            }
        }

        return new SecondRecord(seconds[0].Second, seconds.Sum(static second => second.Sent), byStatus.ToImmutableSortedDictionary(), latency);
    }

    private static ImmutableArray<double> SoFar(Expectation shown, ImmutableArray<double> counts)
    {
        var (from, until) = shown.Window ?? (0, counts.Length);
        var sum = 0.0;
        return [.. counts.Select((count, second) => second < from || second >= until ? sum : sum += count)];
    }

    private static ImmutableArray<double> Sum(RunResult result, IEnumerable<ImmutableArray<long>> all)
    {
        var sum = new double[Seconds(result)];
        foreach (var counts in all)
        {
            for (var second = 0; second < Math.Min(sum.Length, counts.Length); second++)
            {
                sum[second] += counts[second];
            }
        }

        return [.. sum];
    }

    private static int Seconds(RunResult result) => (int)(result.DurationNs / MonotonicTime.NanosecondsPerSecond);

    private static long Answers(SecondRecord second) => second.ByStatus.Values.Sum();

    private static double Share(double part, double all) => all == 0 ? double.NaN : 100 * part / all;

    /// <param name="statuses">503, 5xx or none.</param>
    private static long Count(SecondRecord second, string statuses)
    {
        var isMeant = ClientMeasures.Is(statuses);
        return second.ByStatus.Where(entry => isMeant(entry.Key)).Sum(static entry => entry.Value);
    }
}
