using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The highest level of something in each second of a run. What happens before its begin, below 0, does not count.</summary>
public sealed class SecondPeaks
{
    private readonly List<long> peaks = [];

    /// <param name="timeNs">When it was so high, nanoseconds since the run began.</param>
    public void Note(long timeNs, long level)
    {
        if (timeNs < 0 || level == 0)
        {
            return;
        }

        var second = (int)(timeNs / MonotonicTime.NanosecondsPerSecond);
        while (peaks.Count <= second)
        {
            peaks.Add(0);
        }

        peaks[second] = Math.Max(peaks[second], level);
    }

    /// <summary>Second by second, up to the last that has something.</summary>
    public ImmutableArray<long> ToArray() => [.. peaks];
}
