using System.Diagnostics;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The clock of what runs in real time: monotonic, and the wall time at its zero.</summary>
public sealed class LiveClock
{
    private readonly long started = Stopwatch.GetTimestamp();

    /// <summary>Wall time at <see cref="MonotonicTime.Zero"/>, nanoseconds since the Unix epoch.</summary>
    public long EpochUnixNs { get; } = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;

    public MonotonicTime Now
    {
        get
        {
            var elapsed = Stopwatch.GetTimestamp() - started;
            return new MonotonicTime(
                (elapsed / Stopwatch.Frequency * MonotonicTime.NanosecondsPerSecond)
                    + (elapsed % Stopwatch.Frequency * MonotonicTime.NanosecondsPerSecond / Stopwatch.Frequency)
            );
        }
    }
}
