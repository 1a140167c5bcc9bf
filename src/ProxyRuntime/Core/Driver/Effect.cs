namespace MeshSim.ProxyRuntime.Core;

/// <summary>One thing a machine asks its driver to do. Which fields count is said at each <see cref="EffectKind"/>.</summary>
public struct Effect
{
    /// <summary>In place of a delay: close without sending what waits.</summary>
    public const long AtOnce = -1;

    public EffectKind Kind { readonly get; internal set; }

    /// <summary>The message ends with this.</summary>
    public bool EndStream { readonly get; internal set; }

    /// <summary>The response of this attempt is to come as <see cref="Worker.ResponseContent"/>.</summary>
    public bool WantsContent { readonly get; internal set; }

    /// <summary>Kept bytes wait for a connection, and nobody waits for more of them: where they are many the driver may stop reading.</summary>
    public bool AwaitsConnection { readonly get; internal set; }

    public StreamId Stream { readonly get; internal set; }

    /// <summary>The stream whose kept body is copied.</summary>
    public StreamId Source { readonly get; internal set; }

    public AttemptId Attempt { readonly get; internal set; }

    public ConnectionId Connection { readonly get; internal set; }

    public UpstreamConnectionId Upstream { readonly get; internal set; }

    /// <summary>Body bytes, nanoseconds or <see cref="AtOnce"/> for <see cref="EffectKind.CloseDownstream"/>, or which logs for <see cref="EffectKind.LogAccess"/>.</summary>
    public long Bytes { readonly get; internal set; }

    /// <summary>Headers or trailers, to be written out before the next input of that stream.</summary>
    public HeaderMap? Head { readonly get; internal set; }

    /// <summary>The body of a local reply, or of a request of the proxy's own; the line of an event.</summary>
    public ReadOnlyMemory<byte> Body { readonly get; internal set; }

    /// <summary>Host, membership, listener, filter chain, stream information, probe or file, by kind.</summary>
    public object? Subject { readonly get; internal set; }

    /// <summary>The cluster whose settings a connection follows.</summary>
    public ClusterSnapshot? Cluster { readonly get; internal set; }

    /// <summary>How the connection is secured; null for plain text.</summary>
    public UpstreamTransport? Transport { readonly get; internal set; }

    /// <summary>An <see cref="EffectKind.OpenConnection"/> of a TCP proxy: the connection carries bytes, whatever they are.</summary>
    public bool IsTcp { readonly get; internal set; }

    public readonly FilterChainSnapshot? FilterChain => Subject as FilterChainSnapshot;

    public readonly HostState? Host => Subject as HostState;

    public readonly StreamInfo? Log => Subject as StreamInfo;

    public readonly ClusterMembership? Membership => Subject as ClusterMembership;

    public readonly ListenerSnapshot? Listener => Subject as ListenerSnapshot;

    public readonly DnsQuery? Dns => Subject as DnsQuery;

    public readonly ProbeTarget? Probe => Subject as ProbeTarget;

    /// <summary>The file an event goes to.</summary>
    public readonly string? File => Subject as string;
}
