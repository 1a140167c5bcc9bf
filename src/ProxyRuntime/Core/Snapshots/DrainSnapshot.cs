namespace MeshSim.ProxyRuntime.Core;

/// <summary>How connections of a listener that is gone are ended.</summary>
/// <param name="TimeNs">--drain-time-s in nanoseconds: how long they may stay, 0 = not at all. Default 600 seconds.</param>
/// <param name="IsImmediate">
/// --drain-strategy immediate: every response from the begin says <c>connection: close</c>. Default false, gradual: ever more of them do, all when the time
/// is over.
/// </param>
public sealed record DrainSnapshot(long TimeNs = DrainSnapshot.DefaultTimeNs, bool IsImmediate = false)
{
    public const long DefaultTimeNs = 600 * MonotonicTime.NanosecondsPerSecond;

    public static readonly DrainSnapshot Default = new();
}
