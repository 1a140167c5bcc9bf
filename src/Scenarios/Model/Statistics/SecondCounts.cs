using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Something counted by the seconds of a run. What happens before its begin, below 0, is not counted.</summary>
public sealed class SecondCounts
{
    private readonly List<long> counts = [];

    public long Sum { get; private set; }

    /// <param name="timeNs">When it happened, nanoseconds since the run began.</param>
    public void Add(long timeNs, long amount)
    {
        if (timeNs < 0)
        {
            return;
        }

        var second = (int)(timeNs / MonotonicTime.NanosecondsPerSecond);
        while (counts.Count <= second)
        {
            counts.Add(0);
        }

        counts[second] += amount;
        Sum += amount;
    }

    public void Merge(SecondCounts other)
    {
        for (var second = 0; second < other.counts.Count; second++)
        {
            Add(second * MonotonicTime.NanosecondsPerSecond, other.counts[second]);
        }
    }

    /// <summary>Second by second, up to the last that has something.</summary>
    public ImmutableArray<long> ToArray() => [.. counts];
}
