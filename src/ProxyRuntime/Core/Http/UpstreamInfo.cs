namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of one attempt. Moments are <see cref="MonotonicTime.Never"/> until they have come.</summary>
public sealed class UpstreamInfo
{
    /// <summary>The host it goes to; null if there was no attempt.</summary>
    public HostState? Host { get; internal set; }

    /// <summary>The proxy's own address on the connection; null before there is one, or if unknown.</summary>
    public NetworkAddress? LocalAddress { get; internal set; }

    /// <summary>The host's address on the connection; null before there is one.</summary>
    public NetworkAddress? RemoteAddress { get; internal set; }

    /// <summary>The connection; number 0 before there is one.</summary>
    public UpstreamConnectionId Connection { get; internal set; }

    /// <summary>What the connection speaks; null before there is one.</summary>
    public HttpProtocol? Protocol { get; internal set; }

    /// <summary>The TLS of the connection; null for none.</summary>
    public TlsInfo? Tls { get; internal set; }

    /// <summary>Why no connection came about; empty if one did.</summary>
    public string TransportFailureReason { get; internal set; } = "";

    /// <summary>The pool was asked for a connection.</summary>
    public MonotonicTime PoolAsked { get; internal set; } = MonotonicTime.Never;

    /// <summary>The pool gave a connection, or refused one.</summary>
    public MonotonicTime PoolAnswered { get; internal set; } = MonotonicTime.Never;

    /// <summary>The connection began to be made, perhaps long before for another request.</summary>
    public MonotonicTime ConnectStart { get; internal set; } = MonotonicTime.Never;

    /// <summary>The connection was made.</summary>
    public MonotonicTime ConnectEnd { get; internal set; } = MonotonicTime.Never;

    /// <summary>The first byte of the request was sent.</summary>
    public MonotonicTime FirstByteSent { get; internal set; } = MonotonicTime.Never;

    /// <summary>The last byte of the request was sent.</summary>
    public MonotonicTime LastByteSent { get; internal set; } = MonotonicTime.Never;

    /// <summary>The first byte of the response came.</summary>
    public MonotonicTime FirstByteReceived { get; internal set; } = MonotonicTime.Never;

    /// <summary>The first byte of the response's body came.</summary>
    public MonotonicTime FirstBodyByteReceived { get; internal set; } = MonotonicTime.Never;

    /// <summary>The last byte of the response came.</summary>
    public MonotonicTime LastByteReceived { get; internal set; } = MonotonicTime.Never;

    internal void Clear()
    {
        Host = null;
        LocalAddress = RemoteAddress = null;
        Connection = default;
        Protocol = null;
        Tls = null;
        TransportFailureReason = "";
        PoolAsked = PoolAnswered = ConnectStart = ConnectEnd = MonotonicTime.Never;
        FirstByteSent = LastByteSent = FirstByteReceived = FirstBodyByteReceived = LastByteReceived = MonotonicTime.Never;
    }
}
