namespace MeshSim.ProxyRuntime.Core;

/// <summary>One thing a machine asks its driver to do. Which fields count is said at each <see cref="EffectKind"/>.</summary>
public readonly struct Effect
{
    public EffectKind Kind { get; init; }

    /// <summary>The message ends with this.</summary>
    public bool EndStream { get; init; }

    /// <summary>The response of this attempt is to come as <see cref="Worker.ResponseContent"/>.</summary>
    public bool WantsContent { get; init; }

    /// <summary>Kept bytes wait for a connection, and nobody waits for more of them: where they are many the driver may stop reading.</summary>
    public bool AwaitsConnection { get; init; }

    public StreamId Stream { get; init; }

    /// <summary>The stream whose kept body is copied.</summary>
    public StreamId Source { get; init; }

    public AttemptId Attempt { get; init; }

    public ConnectionId Connection { get; init; }

    public UpstreamConnectionId Upstream { get; init; }

    /// <summary>Body bytes, nanoseconds for <see cref="EffectKind.CloseDownstream"/>, or which logs for <see cref="EffectKind.LogAccess"/>.</summary>
    public long Bytes { get; init; }

    /// <summary>Headers or trailers, to be written out before the next input of that stream.</summary>
    public HeaderMap? Head { get; init; }

    /// <summary>The body of a local reply, or of a request of the proxy's own; the line of an event.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Host, membership, listener, filter chain, stream information, probe or file, by kind.</summary>
    public object? Subject { get; init; }

    /// <summary>The cluster whose settings a connection follows.</summary>
    public ClusterSnapshot? Cluster { get; init; }

    /// <summary>How the connection is secured; null for plain text.</summary>
    public UpstreamTransport? Transport { get; init; }

    public FilterChainSnapshot? FilterChain => Subject as FilterChainSnapshot;

    public HostState? Host => Subject as HostState;

    public StreamInfo? Log => Subject as StreamInfo;

    public ClusterMembership? Membership => Subject as ClusterMembership;

    public ListenerSnapshot? Listener => Subject as ListenerSnapshot;

    public DnsQuery? Dns => Subject as DnsQuery;

    public ProbeTarget? Probe => Subject as ProbeTarget;

    /// <summary>The file an event goes to.</summary>
    public string? File => Subject as string;
}
