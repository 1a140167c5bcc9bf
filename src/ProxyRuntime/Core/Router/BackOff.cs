namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Envoy's jittered exponential back-off: each delay is uniform in [0, window) whole milliseconds, and the window doubles from the
/// base up to the maximum. Windows by default: 25, 50, 100, 200, 250, 250 …
/// </summary>
internal struct BackOff(long baseIntervalMs, long maxIntervalMs)
{
    private long windowMs = baseIntervalMs;

    /// <summary>The next delay in milliseconds.</summary>
    public long NextMs(RandomStream random)
    {
        var delay = random.NextModulo(windowMs);
        windowMs = windowMs < maxIntervalMs / 2 ? 2 * windowMs : maxIntervalMs;
        return delay;
    }

    /// <summary>The delay where the server has said how long to wait: from that long to half as long again, in milliseconds.</summary>
    public static long RateLimitedMs(long intervalMs, RandomStream random) => intervalMs + random.NextModulo(Math.Max(1, intervalMs / 2));
}
