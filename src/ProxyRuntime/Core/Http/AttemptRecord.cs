namespace MeshSim.ProxyRuntime.Core;

/// <summary>What became of one attempt, written down when it is over: for stories of single requests and for traces. Moments are <see cref="MonotonicTime.Never"/> where they did not come.</summary>
public readonly record struct AttemptRecord
{
    /// <summary>1 for the first; as in <see cref="StreamInfo.AttemptCount"/>.</summary>
    public int Number { get; init; }

    public HostState Host { get; init; }

    public ClusterSnapshot Cluster { get; init; }

    /// <summary>Its priority was in panic: hosts were chosen whatever their health.</summary>
    public bool InPanic { get; init; }

    /// <summary>A filter of the request had a host in mind.</summary>
    public bool HostIsWanted { get; init; }

    /// <summary>How long the back-off before it was, nanoseconds; 0 for none, and for the first.</summary>
    public long BackOffNs { get; init; }

    /// <summary>The pool was asked for a connection.</summary>
    public MonotonicTime PoolAsked { get; init; }

    /// <summary>The pool gave a connection, or refused one.</summary>
    public MonotonicTime PoolAnswered { get; init; }

    /// <summary>The connection began to be made, perhaps long before for another request.</summary>
    public MonotonicTime ConnectStart { get; init; }

    /// <summary>The first byte of the request was sent.</summary>
    public MonotonicTime FirstByteSent { get; init; }

    /// <summary>The first byte of the response came.</summary>
    public MonotonicTime FirstByteReceived { get; init; }

    public MonotonicTime End { get; init; }

    public AttemptEnd How { get; init; }

    /// <summary>Why there was no connection, or why it broke off; <see cref="ResetReason.None"/> where that is not how it ended.</summary>
    public ResetReason Reason { get; init; }

    /// <summary>The status it answered; 0 for none.</summary>
    public int Status { get; init; }

    /// <summary>Why no connection came about; empty if one did.</summary>
    public string TransportFailureReason { get; init; }

    /// <summary>Another was started beside it because it was slow (hedge_on_per_try_timeout).</summary>
    public bool WasHedged { get; init; }
}

/// <summary>How an attempt ended.</summary>
public enum AttemptEnd : byte
{
    /// <summary>The proxy did not need it any more: another answered, or the client is gone.</summary>
    GivenUp,

    /// <summary>Its answer was passed on.</summary>
    Answered,

    /// <summary>It answered, and the request was tried again.</summary>
    LetGo,

    /// <summary>The pool refused it, or no connection came about.</summary>
    NoConnection,

    /// <summary>It broke off.</summary>
    Reset,

    /// <summary>per_try_timeout.</summary>
    PerTryTimeout,

    /// <summary>per_try_idle_timeout.</summary>
    PerTryIdleTimeout,

    /// <summary>The timeout of the route.</summary>
    RouteTimeout,

    /// <summary>max_stream_duration.</summary>
    MaxStreamDuration,
}
