namespace MeshSim.ProxyRuntime.Core;

/// <summary>Every timer of a worker and of the main machine.</summary>
internal enum TimerKind : byte
{
    /// <summary>A stream saw no activity for stream_idle_timeout.</summary>
    StreamIdle,

    /// <summary>A request was not wholly received within request_timeout.</summary>
    RequestTimeout,

    /// <summary>A downstream connection had no stream for idle_timeout.</summary>
    DownstreamIdle,

    /// <summary>The drain_timeout of an idle downstream connection is over.</summary>
    DownstreamDrain,

    /// <summary>The route timeout: all attempts together took too long.</summary>
    GlobalTimeout,

    /// <summary>One attempt took too long.</summary>
    PerTryTimeout,

    /// <summary>The wait before a retry is over.</summary>
    RetryBackoff,

    /// <summary>A connection to a host did not come up within connect_timeout.</summary>
    ConnectTimeout,

    /// <summary>An upstream connection had no stream for idle_timeout.</summary>
    UpstreamIdle,

    /// <summary>A DNS name is to be resolved again.</summary>
    DnsRefresh,
}

/// <summary>Receives its timers when they fire. A timer that lost its reason is a no-op there.</summary>
internal interface ITimerOwner
{
    void OnTimer(TimerKind kind);
}
