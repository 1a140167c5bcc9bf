using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Responses of a proxy by outcome, in each second.</summary>
public sealed class OutcomeSeries
{
    private readonly Dictionary<(int Status, ResponseFlags Flags), SecondCounts> counts = [];

    /// <param name="endNs">When the request was over, nanoseconds since the run began.</param>
    public void Add(StreamInfo info, long endNs)
    {
        var key = (info.ResponseCode, info.Flags);
        if (!counts.TryGetValue(key, out var seconds))
        {
            counts[key] = seconds = new SecondCounts();
        }

        seconds.Add(endNs, 1);
    }

    /// <summary>The series of some workers together, sorted by their texts, <c>503 UF,URX</c>.</summary>
    public static ImmutableArray<NamedSeries> Sum(IEnumerable<OutcomeSeries> all)
    {
        var sums = new SortedDictionary<string, SecondCounts>(StringComparer.Ordinal);
        foreach (var (key, seconds) in all.SelectMany(static one => one.counts))
        {
            var text = OutcomeCounts.Text(key.Status, key.Flags);
            if (!sums.TryGetValue(text, out var sum))
            {
                sums[text] = sum = new SecondCounts();
            }

            sum.Merge(seconds);
        }

        return [.. sums.Select(static entry => new NamedSeries(entry.Key, entry.Value.ToArray()))];
    }
}
