namespace MeshSim.ProxyRuntime.Core;

/// <summary>The last answer to a health check, shared by all workers: one atomic number.</summary>
/// <remarks>
/// As Envoy's, which forgets the answer by a timer that fires every cache_time since the filter was made: an answer serves until the
/// end of the period it was given in, not for a cache_time of its own. Periods are counted from the beginning of the run.
/// </remarks>
internal sealed class HealthCheckCache(long periodNs)
{
    private const int StatusBits = 16;

    /// <summary>The period, the status and whether the answer was degraded; −1 for no answer yet.</summary>
    private long entry = -1;

    public bool IsOn => periodNs > 0;

    /// <summary>The status of the last answer, 0 if there was none.</summary>
    public int Status => Volatile.Read(ref entry) is var seen and >= 0 ? (int)((seen >> 1) & ((1 << StatusBits) - 1)) : 0;

    public bool IsDegraded => Volatile.Read(ref entry) is var seen and >= 0 && (seen & 1) != 0;

    public bool Serves(MonotonicTime now) => IsOn && Volatile.Read(ref entry) is var seen and >= 0 && seen >> (StatusBits + 1) == Period(now);

    public void Set(MonotonicTime now, int status, bool degraded) =>
        Volatile.Write(ref entry, (Period(now) << (StatusBits + 1)) | ((long)status << 1) | (degraded ? 1L : 0));

    private long Period(MonotonicTime now) => now.Nanoseconds / periodNs;
}
