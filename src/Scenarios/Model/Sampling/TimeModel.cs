using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>A time that is drawn anew each time: how long a request takes a worker, how long a user thinks.</summary>
public abstract record TimeModel
{
    /// <summary>No draw is longer than this, so that a heavy tail stays within what times can hold: 30 days.</summary>
    private const double LongestNs = 30 * 86_400e9;

    /// <summary>No time at all.</summary>
    public static TimeModel None { get; } = new ServiceTime(ServiceTimeShape.Constant, 0);

    /// <summary>The mean, nanoseconds; infinite where it does not exist.</summary>
    public abstract double AverageNs { get; }

    public abstract long SampleNs(RandomStream random);

    /// <summary>As a scenario file would say it.</summary>
    public abstract string ToText();

    protected static long Whole(double ns) => (long)Math.Min(ns, LongestNs);
}
