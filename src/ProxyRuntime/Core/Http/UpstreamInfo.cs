namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of one attempt at one host. Moments are <see cref="MonotonicTime.Never"/> until they have come.</summary>
public sealed class UpstreamInfo
{
    /// <summary>The host that was chosen; null if there is no attempt.</summary>
    public HostState? Host { get; internal set; }

    /// <summary>The proxy's own address on the connection; null if unknown.</summary>
    public NetworkAddress? LocalAddress { get; internal set; }

    /// <summary>Why there was no connection; empty if there was one.</summary>
    public string TransportFailureReason { get; internal set; } = "";

    /// <summary>The pool was asked for a connection.</summary>
    public MonotonicTime PoolAsked { get; internal set; } = MonotonicTime.Never;

    /// <summary>A connection was there.</summary>
    public MonotonicTime PoolReady { get; internal set; } = MonotonicTime.Never;

    /// <summary>The first byte of the request was sent.</summary>
    public MonotonicTime FirstByteSent { get; internal set; } = MonotonicTime.Never;

    /// <summary>The last byte of the request was sent.</summary>
    public MonotonicTime LastByteSent { get; internal set; } = MonotonicTime.Never;

    /// <summary>The first byte of the response came.</summary>
    public MonotonicTime FirstByteReceived { get; internal set; } = MonotonicTime.Never;

    /// <summary>The last byte of the response came.</summary>
    public MonotonicTime LastByteReceived { get; internal set; } = MonotonicTime.Never;

    internal void Clear()
    {
        Host = null;
        LocalAddress = null;
        TransportFailureReason = "";
        PoolAsked = PoolReady = FirstByteSent = LastByteSent = FirstByteReceived = LastByteReceived = MonotonicTime.Never;
    }
}
