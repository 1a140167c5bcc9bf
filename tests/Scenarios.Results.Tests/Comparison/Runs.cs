using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>Made-up runs: Poisson requests, failures, exponential latencies, retries.</summary>
internal static class Runs
{
    /// <param name="errors">The share of answers that fail, by second.</param>
    /// <param name="latencyMs">The mean latency, by second.</param>
    /// <param name="retries">Retries for each request, on average.</param>
    public static ResultSeries Make(
        ulong seed,
        int seconds = 60,
        double rate = 200,
        Func<int, double>? errors = null,
        Func<int, double>? latencyMs = null,
        double retries = 0,
        params int[] phases
    )
    {
        var random = new RandomSource(seed).Derive("made-up");
        return new ResultSeries(
            "made-up",
            seed,
            false,
            [.. Enumerable.Range(0, seconds).Select(second => Second(random, rate, errors?.Invoke(second) ?? 0, latencyMs?.Invoke(second) ?? 20, retries))],
            [.. phases]
        );
    }

    public static ComparedSide Side(params ResultSeries[] runs) => new($"side-{runs[0].Seed}", [.. runs]);

    private static SecondSample Second(RandomStream random, double rate, double errors, double latencyMs, double retries)
    {
        var latency = new LatencyHistogram();
        var (sent, ok, retried) = (0L, 0L, 0L);
        for (var at = Samplers.ExponentialNs(random, 1e9 / rate); at < MonotonicTime.NanosecondsPerSecond; at += Samplers.ExponentialNs(random, 1e9 / rate))
        {
            sent++;
            ok += random.NextDouble() >= errors ? 1 : 0;
            retried += random.NextDouble() < retries ? 1 : 0;
            latency.Record(Samplers.ExponentialNs(random, latencyMs * 1e6) / 1000);
        }

        return new SecondSample(sent, sent, ok, latency, Counts("svc-0", sent + retried), Counts("gateway cluster.svc.upstream_rq_retry", retried));
    }

    private static ImmutableSortedDictionary<string, long> Counts(string name, long count)
    {
        var none = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);
        return count == 0 ? none : none.Add(name, count);
    }
}
