using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Watches a simulated run as the measuring client watched the real one: exact latencies, answers by the second they were asked for in.</summary>
/// <param name="leadNs">When the load begins; seconds count from there.</param>
public sealed class ExperimentObserver(Experiment experiment, long leadNs) : IRunObserver
{
    private const int Ok = 200;

    private readonly List<long> okLatenciesNs = [];
    private readonly SortedDictionary<int, SecondCounts> seconds = [];

    public void Answered(long sentNs, long nowNs, int status)
    {
        var second = Second(sentNs);
        second.Statuses[status] = second.Statuses.GetValueOrDefault(status) + 1;
        if (status != 0)
        {
            second.LatenciesNs.Add(nowNs - sentNs);
        }

        if (status == Ok)
        {
            okLatenciesNs.Add(nowNs - sentNs);
        }
    }

    public void Arrived(string endpoint, long nowNs)
    {
        var arrivals = Second(nowNs).Arrivals;
        var server = Server(endpoint);
        arrivals[server] = arrivals.GetValueOrDefault(server) + 1;
    }

    /// <summary>The run as it would have been recorded.</summary>
    public ExperimentRun Record(RunResult result)
    {
        var sent = result.Totals.Sent;
        return new ExperimentRun(
            sent,
            sent == 0 ? 1 : (double)okLatenciesNs.Count / sent,
            QuantileMs(okLatenciesNs, 0.5) ?? 0,
            QuantileMs(okLatenciesNs, 0.9) ?? 0,
            QuantileMs(okLatenciesNs, 0.99) ?? 0,
            result.Endpoints.ToImmutableSortedDictionary(static e => Server(e.Name), static e => e.Arrivals, StringComparer.Ordinal),
            Stats(result),
            [.. Enumerable.Range(0, experiment.LoadSeconds).Select(Record)]
        );
    }

    private ExperimentSecond Record(int number)
    {
        var second = seconds.GetValueOrDefault(number) ?? new SecondCounts();
        return new ExperimentSecond(
            number,
            second.Statuses.Values.Sum(),
            second.Statuses.ToImmutableSortedDictionary(),
            QuantileMs(second.LatenciesNs, 0.5),
            QuantileMs(second.LatenciesNs, 0.99),
            second.Arrivals.ToImmutableSortedDictionary(StringComparer.Ordinal)
        );
    }

    private static ImmutableSortedDictionary<string, long> Stats(RunResult result)
    {
        var stats = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var proxy in result.Proxies)
        {
            var prefix = proxy.Name == Experiment.OuterProxy ? "" : $"{proxy.Name}:";
            stats.AddRange(proxy.Stats.Select(entry => KeyValuePair.Create(prefix + entry.Key, entry.Value)));
        }

        return stats.ToImmutable();
    }

    /// <summary>By nearest rank; null of nothing.</summary>
    private static double? QuantileMs(List<long> latenciesNs, double quantile)
    {
        latenciesNs.Sort();
        return latenciesNs.Count == 0 ? null : latenciesNs[Math.Max(0, (int)Math.Ceiling(quantile * latenciesNs.Count) - 1)] / 1e6;
    }

    private SecondCounts Second(long timeNs)
    {
        var number = (int)((timeNs - leadNs) / MonotonicTime.NanosecondsPerSecond);
        if (!seconds.TryGetValue(number, out var second))
        {
            seconds[number] = second = new SecondCounts();
        }

        return second;
    }

    /// <summary>The server whose only replica an endpoint is.</summary>
    private static string Server(string endpoint) => endpoint[..endpoint.LastIndexOf('-')];

    private sealed class SecondCounts
    {
        public SortedDictionary<int, long> Statuses { get; } = [];

        public List<long> LatenciesNs { get; } = [];

        public SortedDictionary<string, long> Arrivals { get; } = new(StringComparer.Ordinal);
    }
}
