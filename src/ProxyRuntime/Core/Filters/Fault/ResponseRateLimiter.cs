namespace MeshSim.ProxyRuntime.Core;

/// <summary>Sends the body of a response at a limited rate: what a second allows, in portions of 50 milliseconds. Reused.</summary>
/// <remarks>
/// Bytes are sent when a timer fires, the first ones at once. The bucket holds a second's worth and begins with a portion's. Envoy's
/// arithmetic, in doubles and seconds.
/// </remarks>
internal sealed class ResponseRateLimiter(WorkerContext context) : ITimerOwner
{
    private const int FillIntervalMs = 50;
    private const ulong MaxKbps = 1UL << 40;

    private ActiveStream stream = null!;
    private TimerHandle timer;
    private MonotonicTime lastFill;
    private double bytesPerSecond;
    private double tokens;
    private long waiting;
    private bool endSeen;
    private bool trailersSeen;

    public bool IsOn { get; private set; }

    /// <param name="kbps">KiB per second, above 0.</param>
    public void Begin(ActiveStream owner, ulong kbps)
    {
        var bytes = 1024 * Math.Min(kbps, MaxKbps);
        stream = owner;
        bytesPerSecond = bytes;
        tokens = bytes * FillIntervalMs / 1000;
        lastFill = context.Now;
        IsOn = true;
    }

    /// <summary>Forgets what is under way.</summary>
    public void Clear()
    {
        context.Timers.Cancel(ref timer);
        waiting = 0;
        IsOn = endSeen = trailersSeen = false;
    }

    /// <summary>Body bytes that have come and are kept.</summary>
    public void Add(long bytes, bool endStream)
    {
        waiting += bytes;
        endSeen = endStream;
        if (!timer.IsArmed)
        {
            timer = context.Timers.Arm(context.Now, TimerKind.ResponseRateLimit, this);
        }
    }

    /// <summary>Trailers have come. Returns whether they wait for body bytes.</summary>
    public bool HoldsBackTrailers()
    {
        endSeen = trailersSeen = true;
        return waiting > 0;
    }

    public void OnTimer(TimerKind kind)
    {
        timer = default;
        if (tokens < bytesPerSecond)
        {
            tokens = Math.Min((context.Now.Since(lastFill) / (double)MonotonicTime.NanosecondsPerSecond * bytesPerSecond) + tokens, bytesPerSecond);
            lastFill = context.Now;
        }

        var bytes = Math.Min(waiting, (long)tokens);
        tokens -= bytes;
        waiting -= bytes;
        if (waiting > 0)
        {
            timer = context.Timers.Arm(context.Now.Plus(FillIntervalMs * MonotonicTime.NanosecondsPerMillisecond), TimerKind.ResponseRateLimit, this);
        }

        var atEnd = waiting == 0 && endSeen;
        if (bytes > 0 || (atEnd && !trailersSeen))
        {
            stream.ForwardKept(bytes, atEnd && !trailersSeen);
        }

        if (atEnd && trailersSeen)
        {
            stream.ForwardTrailers();
        }
    }
}
