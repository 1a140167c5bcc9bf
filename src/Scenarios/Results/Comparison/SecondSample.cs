using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>What happened in one second of a run, or in several put together.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Answers">Requests that ended, answered or not.</param>
/// <param name="Ok">Answers with 2xx.</param>
/// <param name="Latency">Latency of all answers.</param>
/// <param name="Arrivals">Requests that reached each endpoint, retries included.</param>
/// <param name="Stats">What compared statistics gained, as <c>PROXY cluster.…</c>.</param>
public sealed record SecondSample(
    long Sent,
    long Answers,
    long Ok,
    LatencyHistogram Latency,
    ImmutableSortedDictionary<string, long> Arrivals,
    ImmutableSortedDictionary<string, long> Stats
)
{
    /// <summary>Several put together.</summary>
    public static SecondSample Sum(IReadOnlyCollection<SecondSample> samples)
    {
        var latency = new LatencyHistogram();
        foreach (var sample in samples)
        {
            latency.Merge(sample.Latency);
        }

        return new SecondSample(
            samples.Sum(static sample => sample.Sent),
            samples.Sum(static sample => sample.Answers),
            samples.Sum(static sample => sample.Ok),
            latency,
            Sum(samples.Select(static sample => sample.Arrivals)),
            Sum(samples.Select(static sample => sample.Stats))
        );
    }

    private static ImmutableSortedDictionary<string, long> Sum(IEnumerable<ImmutableSortedDictionary<string, long>> all)
    {
        var sums = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach (var (name, count) in all.SelectMany(static one => one))
        {
            sums[name] = sums.GetValueOrDefault(name) + count;
        }

        return sums.ToImmutable();
    }
}
