using System.Diagnostics;

namespace MeshSim.Grains.Simulation;

/// <summary>How much virtual time partitions go on by themselves before they hear of commands: about a twentieth of a second of real time. Results do not depend on it.</summary>
internal sealed class Stride(long durationNs)
{
    private const double SecondsMeant = 0.05;
    private const double MaxGrowth = 4;
    private const long FirstNs = 1_000_000;
    private long lengthNs = FirstNs;
    private long begun = Stopwatch.GetTimestamp();

    /// <summary>The end of the next stride.</summary>
    public long Next(long reachedNs)
    {
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        begun = Stopwatch.GetTimestamp();
        var factor = Math.Clamp(SecondsMeant / Math.Max(seconds, 1e-6), 1 / MaxGrowth, MaxGrowth);
        lengthNs = Math.Max(1, (long)Math.Min(lengthNs * factor, durationNs));
        return reachedNs >= durationNs - lengthNs ? durationNs : reachedNs + lengthNs;
    }
}
