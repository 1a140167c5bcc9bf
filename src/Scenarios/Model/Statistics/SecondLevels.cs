using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A level at the end of each second of a run; it stays as it was where nobody looked.</summary>
public sealed class SecondLevels
{
    private readonly List<long> levels = [];

    /// <param name="timeNs">When it was seen, nanoseconds since the run began; before the begin it does not count.</param>
    public void Set(long timeNs, long level)
    {
        if (timeNs < 0)
        {
            return;
        }

        var second = (int)(timeNs / MonotonicTime.NanosecondsPerSecond);
        while (levels.Count <= second)
        {
            levels.Add(levels.Count == 0 ? 0 : levels[^1]);
        }

        levels[second] = level;
    }

    /// <summary>Adds another one, second by second.</summary>
    public void Add(SecondLevels other)
    {
        while (levels.Count < other.levels.Count)
        {
            levels.Add(0);
        }

        for (var i = 0; i < other.levels.Count; i++)
        {
            levels[i] += other.levels[i];
        }
    }

    /// <summary>Second by second, up to the last that was seen.</summary>
    public ImmutableArray<long> ToArray() => [.. levels];
}
