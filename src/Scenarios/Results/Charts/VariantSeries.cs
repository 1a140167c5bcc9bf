using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>What an expectation speaks of, in each whole second of a run; not a number where there is nothing to measure.</summary>
internal static class VariantSeries
{
    /// <summary>Of clients and proxies.</summary>
    public static ImmutableArray<double> Of(Expectation shown, RunResult result) =>
        shown.Metric == Metric.Stat ? Stat(shown, result) : [.. ResultCharts.Whole(result).Select(second => Value(shown, second))];

    /// <summary>A line for each endpoint of the service meant; where a service is compared with others, for each service.</summary>
    public static IEnumerable<(string Name, ImmutableArray<double> Values)> OfEndpoints(Expectation shown, RunResult result)
    {
        var service = result.Endpoints.Any(endpoint => endpoint.Name == shown.Subject) ? ServiceOf(shown.Subject) : shown.Subject;
        var meant = result.Endpoints.Where(endpoint => ServiceOf(endpoint.Name) == service).ToArray();
        return shown.Metric == Metric.Share && service == shown.Subject
            ? result
                .Endpoints.GroupBy(static endpoint => ServiceOf(endpoint.Name), StringComparer.Ordinal)
                .Select(group => (group.Key, Sum(shown, group, result)))
            : meant.Select(endpoint => (endpoint.Name, Sum(shown, [endpoint], result)));
    }

    private static string ServiceOf(string endpoint) => endpoint[..endpoint.LastIndexOf('-')];

    private static ImmutableArray<double> Sum(Expectation shown, IEnumerable<EndpointRecord> endpoints, RunResult result)
    {
        var sum = new double[Seconds(result)];
        foreach (var endpoint in endpoints)
        {
            var counts =
                shown.Metric == Metric.Errors ? endpoint.ErrorsBySecond
                : shown.Metric == Metric.MaxQueue ? endpoint.MaxQueueBySecond
                : endpoint.ArrivalsBySecond;
            Add(sum, counts);
        }

        return [.. sum];
    }

    private static ImmutableArray<double> Stat(Expectation shown, RunResult result)
    {
        var sum = new double[Seconds(result)];
        foreach (var proxy in result.Proxies)
        {
            Add(sum, proxy.StatsBySecond.GetValueOrDefault(shown.Detail, []));
        }

        return [.. sum];
    }

    private static void Add(double[] sum, ImmutableArray<long> counts)
    {
        for (var second = 0; second < Math.Min(sum.Length, counts.Length); second++)
        {
            sum[second] += counts[second];
        }
    }

    private static int Seconds(RunResult result) => (int)(result.DurationNs / MonotonicTime.NanosecondsPerSecond);

    private static double Value(Expectation shown, SecondRecord second)
    {
        var answers = second.ByStatus.Values.Sum();
        return shown.Metric switch
        {
            Metric.SuccessRate => Share(Count(second, "2xx"), answers),
            Metric.LatencyQuantile => answers == 0 ? double.NaN : second.Latency.QuantileUs(shown.Quantile) / 1000,
            Metric.Goodput => Count(second, "2xx"),
            Metric.Answers when shown.IsShare => Share(Count(second, shown.Detail), answers),
            Metric.Answers or Metric.Responses => Count(second, shown.Detail.Split(' ')[0]),
            _ => second.Sent,
        };
    }

    private static double Share(long part, long all) => all == 0 ? double.NaN : 100.0 * part / all;

    /// <param name="statuses">503, 5xx or none.</param>
    private static long Count(SecondRecord second, string statuses) =>
        second.ByStatus.Where(entry => ClientMeasures.Is(statuses)(entry.Key)).Sum(static entry => entry.Value);
}
