using Perfolizer.Horology;

namespace MeshSim.Benchmarks;

/// <summary>
/// Processor time of this process, user and system, collector and compiler included: what other programs do on the machine meanwhile does
/// not count, only what they cost in caches.
/// </summary>
internal sealed class CpuClock : IClock
{
    public string Title => "Processor time";

    public bool IsAvailable => true;

    public Frequency Frequency { get; } = new(TimeSpan.TicksPerSecond);

    public long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
