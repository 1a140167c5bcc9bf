using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One worker of a simulated proxy and its driver: facts go in as inputs, effects are carried out as messages to clients and
/// endpoints. Every decision is the core's, in the very machine that serves live traffic.
/// </summary>
internal sealed partial class SimWorker(ProxyEntity proxy, World world, Worker machine, int index)
{
    private const int FirstEphemeralPort = 32_768;
    private const int EphemeralPorts = 28_000;

    private readonly Dictionary<ConnectionId, DownstreamLink> downstreams = [];
    private readonly Dictionary<UpstreamConnectionId, UpstreamLink> upstreams = [];
    private readonly Dictionary<UpstreamConnectionId, NetworkAddress> localAddresses = [];
    private readonly Dictionary<ConnectionId, (ListenerSnapshot Listener, ConnectionInfo Info)> infos = [];
    private readonly Dictionary<UpstreamConnectionId, UpstreamTransport> transports = [];
    private readonly KeptBodies bodies = new();
    private readonly Queue<Action> later = new();
    private bool busy;

    public Worker Machine => machine;

    public int Index => index;

    private EffectBuffer Effects => proxy.Partition.Effects;

    private MonotonicTime Now => proxy.Time;

    public BufferPool Buffers => proxy.Partition.Buffers;

    /// <summary>What stands for a body of which only the length is known.</summary>
    public ReadOnlySpan<byte> Zeros(int count) => proxy.Partition.Zeros(count);

    public long Put(ReadOnlySpan<byte> bytes) => proxy.Partition.Contents.Put(bytes);

    /// <summary>What a service reads of a request's head.</summary>
    public int Traits(int endpoint, HeaderMap head) =>
        world.MakesCalls(endpoint)
            ? RequestFacts.Put(proxy.Partition.Contents, world.Traits(endpoint, head), head.Get(HeaderName.XRequestId))
            : world.Traits(endpoint, head);

    /// <summary>An endpoint stops what nobody waits for any more.</summary>
    public bool IsCancelled(int endpoint) => world.ServiceOf(endpoint) is { Cancels: true };

    /// <summary>A message over the network. Returns when it arrives.</summary>
    public long Send(int target, EventKind kind, long a, long b = 0, int c = 0, long notBeforeNs = 0) => proxy.SendMessage(target, kind, a, b, c, notBeforeNs);

    /// <summary>Does something that may give the machine an input, once no effects are being carried out.</summary>
    public void Later(Action action)
    {
        later.Enqueue(action);
        RunLater();
    }

    // Facts from downstream.

    public void Open(ConnectionId id, DownstreamLink link, ListenerSnapshot listener, ConnectionInfo info)
    {
        downstreams[id] = link;
        infos[id] = (listener, info);
        if (listener.TlsInspector is null || world.Tls is null)
        {
            GoOn(id, link, info);
            return;
        }

        machine.DownstreamAccepted(Now, id, listener.Name, Effects);
        CarryOut();
        if (link.Client is { } client)
        {
            GoOn(
                id,
                link,
                info with
                {
                    TransportProtocol = ConnectionInfo.TransportTls,
                    RequestedServerName = client.ServerName.ToLowerInvariant(),
                    ApplicationProtocols = client.Protocols,
                }
            );
        }
        else
        {
            link.SayConnected(); // It speaks first; what it says is looked at.
        }
    }

    /// <summary>The first bytes of a connection whose listener looks at them.</summary>
    public void Inspect(ConnectionId id, DownstreamLink link, ReadOnlySpan<byte> bytes)
    {
        var (listener, info) = infos[id];
        if (listener.TlsInspector!.Inspect(bytes, info, out var state) is { } found)
        {
            GoOn(id, link, found);
        }
        else if (state != ClientHelloState.NeedMore)
        {
            machine.InspectionFailed(Now, id, state, Effects);
            CarryOut();
        }
    }

    /// <summary>What a client says that is to begin a handshake is none.</summary>
    public void RefuseHandshake(ConnectionId id)
    {
        machine.DownstreamHandshake(Now, id, TlsHandshake.ProtocolError, Effects);
        CarryOut();
    }

    /// <summary>The worker chooses the filter chain; then comes the handshake, if it wants one.</summary>
    private void GoOn(ConnectionId id, DownstreamLink link, ConnectionInfo info)
    {
        var (listener, _) = infos[id];
        _ = infos.Remove(id);
        if (world.Tls is null && FilterChainSelection.Find(listener, info) is null)
        {
            info = info with { TransportProtocol = ConnectionInfo.TransportTls }; // Peers of a scenario speak what is wanted.
        }

        machine.DownstreamConnection(Now, id, info, Effects);
        CarryOut();
        if (link.Chain is not { } chain || !downstreams.ContainsKey(id))
        {
            return;
        }

        if (chain.Tls is { } tls && (link.Client is not null || world.Tls is null))
        {
            Handshake(id, link, tls);
        }
        else if (link.Client is null)
        {
            link.SayConnected();
        }
        else if (chain.TcpProxy is null)
        {
            ((WireDownstream)link).Receive(WireDownstream.BeginOfHandshake); // And nobody here knows of TLS.
        }
    }

    private void Handshake(ConnectionId id, DownstreamLink link, DownstreamTlsSnapshot tls)
    {
        var conclusion = link.Client is { } client ? world.Tls!.Conclude(client, new ProxyTlsServer(tls), Now.Nanoseconds) : 0;
        machine.DownstreamHandshake(Now, id, world.Tls?.ConclusionOf(conclusion)?.Server ?? Fitting(tls.Common), Effects);
        CarryOut();
        if (downstreams.ContainsKey(id) && world.Tls?.ConclusionOf(conclusion) is null or { IsDone: true })
        {
            link.IsSecured = true;
            link.SayConnected(conclusion);
        }
    }

    /// <summary>The handshake of somebody of whom nothing is known but that it fits.</summary>
    private static TlsHandshake Fitting(TlsContextSnapshot tls, string serverName = "") =>
        new(TlsOutcome.Done, PeerVerdict.NotValidated, new TlsInfo { Version = TlsVersions.Name(tls.MaxVersion), ServerName = serverName });

    public void Gone(ConnectionId id)
    {
        if (downstreams.Remove(id, out var link))
        {
            _ = infos.Remove(id);
            link.Dispose();
            Closed(id);
        }
    }

    public void Closed(ConnectionId id)
    {
        machine.DownstreamClosed(Now, id, Effects);
        CarryOut();
    }

    /// <summary>A whole request.</summary>
    /// <param name="requestId">x-request-id that whoever asks passes on; empty for none.</param>
    /// <param name="bodyBytes">So many zeros follow the head.</param>
    public void Request(ConnectionId id, HeaderMap template, ReadOnlySpan<byte> requestId, int bodyBytes)
    {
        if (downstreams.TryGetValue(id, out var link))
        {
            var head = machine.RentHeaders();
            head.ResetTo(template);
            if (!requestId.IsEmpty)
            {
                head.Set(HeaderName.XRequestId, requestId);
            }

            var stream = new StreamId(id, link.Streams++);
            Request(stream, head, endStream: bodyBytes == 0);
            if (bodyBytes > 0 && downstreams.ContainsKey(id))
            {
                RequestData(stream, new byte[bodyBytes], endStream: true);
            }
        }
    }

    /// <summary>Whether bytes of a connection that come now begin a request.</summary>
    public bool ExpectsRequest(ConnectionId id) => downstreams.GetValueOrDefault(id) is WireDownstream { ExpectsRequest: true };

    /// <summary>Bytes of a connection; none if it was closed while they were on their way.</summary>
    public void Receive(ConnectionId id, ReadOnlySpan<byte> bytes) => (downstreams.GetValueOrDefault(id) as WireDownstream)?.Receive(bytes);

    // Bytes of TCP proxies.

    /// <summary>Bytes of a TCP proxy have come from one side and gone to the other.</summary>
    public void CountTcp(ConnectionId connection, TcpSide from, long bytes, bool endStream)
    {
        machine.TcpData(Now, connection, from, bytes, endStream, Effects);
        CarryOut();
    }

    /// <summary>What a host says goes to its client.</summary>
    public void PassDown(ConnectionId connection, ReadOnlySpan<byte> bytes)
    {
        if (downstreams.GetValueOrDefault(connection) is WireDownstream client)
        {
            client.Say(bytes);
            CountTcp(connection, TcpSide.Upstream, bytes.Length, endStream: false);
        }
    }

    /// <summary>A host has closed its connection. Nobody here goes on sending then: its client's is over, too.</summary>
    public void EndTcp(ConnectionId connection)
    {
        CountTcp(connection, TcpSide.Upstream, 0, endStream: true);
        FinishClose(connection);
    }

    /// <summary>The handshake that a client has with a host through a TCP proxy is over, one way or the other.</summary>
    public void ConcludeTcp(ConnectionId connection, DownstreamLink client, int conclusion)
    {
        if (world.Tls!.ConclusionOf(conclusion) is { IsDone: true })
        {
            client.SayConnected(conclusion);
        }
        else
        {
            EndTcp(connection);
        }
    }

    public void SetProtocol(ConnectionId connection, HttpProtocol protocol)
    {
        machine.ConnectionProtocol(Now, connection, protocol, Effects);
        CarryOut();
    }

    public void BeginRequest(StreamId stream)
    {
        machine.RequestBegin(Now, stream, Effects);
        CarryOut();
    }

    public void Request(StreamId stream, HeaderMap head, bool endStream)
    {
        machine.RequestHeaders(Now, stream, head, endStream, Effects);
        CarryOut();
    }

    public void RequestData(StreamId stream, ReadOnlyMemory<byte> content, bool endStream)
    {
        bodies.Chunk = content;
        machine.RequestData(Now, stream, content.Length, endStream, Effects);
        CarryOut();
    }

    public void RequestTrailers(StreamId stream, HeaderMap trailers)
    {
        machine.RequestTrailers(Now, stream, trailers, Effects);
        CarryOut();
    }

    public void Refuse(StreamId stream, RequestError error)
    {
        machine.RequestRefused(Now, stream, error, Effects);
        CarryOut();
    }

    // Facts from upstream.

    /// <param name="conclusion">How its handshake ended; 0 if there was none.</param>
    public void Connected(UpstreamConnectionId id, int conclusion)
    {
        if (transports.Remove(id, out var transport))
        {
            Secured(id, world.Tls?.ConclusionOf(conclusion)?.Client ?? Fitting(transport.Tls.Common, transport.ServerName));
        }

        if (upstreams.GetValueOrDefault(id) is WireTcpUpstream tcp)
        {
            tcp.Conclusion = conclusion;
        }

        machine.ConnectionResult(Now, id, ConnectOutcome.Connected, "", localAddresses.Remove(id, out var local) ? local : null, Effects);
        CarryOut();
    }

    /// <param name="conclusion">How its handshake ended; 0 if nobody listened.</param>
    public void Refused(UpstreamConnectionId id, int conclusion)
    {
        _ = upstreams.Remove(id);
        _ = transports.Remove(id);
        var reason = "delayed connect error: Connection refused";
        if (world.Tls?.ConclusionOf(conclusion) is { } ended)
        {
            Secured(id, ended.Client);
            reason = "";
        }

        machine.ConnectionResult(Now, id, ConnectOutcome.RemoteFailure, reason, null, Effects);
        CarryOut();
    }

    private void Secured(UpstreamConnectionId id, TlsHandshake handshake)
    {
        machine.UpstreamHandshake(Now, id, handshake, Effects);
        CarryOut();
    }

    public void Receive(UpstreamConnectionId id, ReadOnlySpan<byte> bytes) => upstreams.GetValueOrDefault(id)?.Receive(bytes);

    public void PeerClosed(UpstreamConnectionId id) => upstreams.GetValueOrDefault(id)?.OnPeerClosed();

    public void Ending(UpstreamConnectionId id)
    {
        machine.ConnectionEnding(Now, id, Effects);
        CarryOut();
    }

    public void UpstreamGone(UpstreamConnectionId id, ResetReason reason)
    {
        _ = upstreams.Remove(id);
        machine.ConnectionClosed(Now, id, reason, Effects);
        CarryOut();
    }

    public void GoAway(UpstreamConnectionId id)
    {
        machine.GoAway(Now, id, Effects);
        CarryOut();
    }

    public void Informational(AttemptId attempt, HeaderMap head)
    {
        machine.ResponseInformational(Now, attempt, head, Effects);
        CarryOut();
    }

    public void Response(AttemptId attempt, HeaderMap head, bool endStream)
    {
        machine.ResponseHeaders(Now, attempt, head, endStream, Effects);
        CarryOut();
    }

    public void ResponseData(AttemptId attempt, ReadOnlyMemory<byte> content, bool endStream, bool wantsContent)
    {
        bodies.Chunk = content;
        if (wantsContent)
        {
            machine.ResponseContent(Now, attempt, content.Span, endStream, Effects);
        }
        else
        {
            machine.ResponseData(Now, attempt, content.Length, endStream, Effects);
        }

        CarryOut();
    }

    public void ResponseTrailers(AttemptId attempt, HeaderMap trailers)
    {
        machine.ResponseTrailers(Now, attempt, trailers, Effects);
        CarryOut();
    }

    /// <summary>A whole answer of a service.</summary>
    public void Answer(AttemptId attempt, ServiceAnswer answer)
    {
        var head = machine.RentHeaders();
        head.ResetTo(answer.Head);
        Response(attempt, head, endStream: answer.Bytes == 0 && answer.Trailers is null);
        if (answer.Bytes > 0)
        {
            bodies.Chunk = default;
            var last = answer.Trailers is null;
            if (answer.Content is { } content)
            {
                machine.ResponseContent(Now, attempt, content.Span, last, Effects);
            }
            else
            {
                machine.ResponseData(Now, attempt, answer.Bytes, last, Effects);
            }

            CarryOut();
        }

        if (answer.Trailers is { } trailers)
        {
            var map = machine.RentHeaders();
            map.ResetTo(trailers);
            ResponseTrailers(attempt, map);
        }
    }

    // Messages of the main machine, and time.

    public void HostUpdate(ClusterMembership membership)
    {
        machine.HostUpdate(Now, membership, Effects);
        CarryOut();
    }

    public void RoutesUpdate(RouteTable routes)
    {
        machine.RouteConfigUpdate(Now, routes, Effects);
        CarryOut();
    }

    public void HostFailed(string cluster, HostState host)
    {
        machine.HostFailed(Now, cluster, host, Effects);
        CarryOut();
    }

    public void Drain()
    {
        machine.Drain(Now, Effects);
        CarryOut();
    }

    public void Advance()
    {
        machine.Advance(Now, Effects);
        CarryOut();
    }
}
