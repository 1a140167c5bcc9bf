using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Results;

/// <summary>Puts seconds together into as many steps as a report shows. A last second that the run did not finish is left out, it would look like a drop.</summary>
internal sealed class Steps
{
    public Steps(long durationNs, int most)
    {
        var seconds = (int)(durationNs / MonotonicTime.NanosecondsPerSecond);
        Seconds = Math.Max(1, (seconds + most - 1) / most);
        Count = seconds / Seconds;
    }

    /// <summary>Seconds in a step.</summary>
    public int Seconds { get; }

    /// <summary>How many steps there are.</summary>
    public int Count { get; }

    public ImmutableArray<long> Sum(ImmutableArray<long> seconds) => Each(seconds, static (a, b) => a + b);

    public ImmutableArray<long> Highest(ImmutableArray<long> seconds) => Each(seconds, Math.Max);

    /// <summary>The seconds of a step, as far as there are so many.</summary>
    public (int From, int End) Range(int step, int count) => (Math.Min(step * Seconds, count), Math.Min((step + 1) * Seconds, count));

    private ImmutableArray<long> Each(ImmutableArray<long> seconds, Func<long, long, long> together)
    {
        var values = new long[Count];
        for (var step = 0; step < Count; step++)
        {
            var (from, end) = Range(step, seconds.Length);
            for (var second = from; second < end; second++)
            {
                values[step] = together(values[step], seconds[second]);
            }
        }

        return [.. values];
    }
}
