namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// One worker of a proxy: streams, routing, retries, pools and balancing as a plain state machine without I/O, clock or threads.
/// </summary>
/// <remarks>
/// <para>Driver contract, the same for the simulator, the live proxy and the replay: call one input; carry out the effects in order;
/// clear them; re-arm one timer for <see cref="NextDeadline"/>. Never call in while carrying out effects. <c>now</c> never goes back.</para>
/// <para>Maps passed to an input come from <see cref="RentHeaders"/> and are the worker's from then on.</para>
/// <para>Inputs for streams, attempts or connections that are gone are ignored: a driver may learn of an end late.</para>
/// <para>The life of a request: <see cref="RequestHeaders"/> → (1) <c>ActiveStream.DecodeHeaders</c> checks and mutates the headers,
/// (2) <c>RouteTable.Find</c>, (3) <c>FilterChain.DecodeHeaders</c>, (4) <c>Router.DecodeHeaders</c>, (5) <c>ClusterState.ChooseHost</c>,
/// (6) <c>ConnectionPool.NewStream</c>, (7) <c>UpstreamRequest.OnPoolReady</c> → StartAttempt; <see cref="ResponseHeaders"/> →
/// (8) <c>UpstreamOutcomes.OnUpstreamHeaders</c> retries or answers, (9) <c>ResponseEncoder.Headers</c> → ForwardHeaders; (10) LogAccess.</para>
/// <para>A filter chain that ends with a TCP proxy has no requests: <see cref="DownstreamConnection"/> → OpenConnection → PassBytes →
/// <see cref="TcpData"/> → LogAccess, see <c>TcpProxyConnection</c>.</para>
/// </remarks>
public sealed class Worker
{
    private readonly WorkerContext context;
    private readonly DownstreamConnections downstream;

    /// <param name="snapshot">What the proxy is configured to do.</param>
    /// <param name="shared">The one shared state of its proxy.</param>
    /// <param name="random">This worker's own source, for example <c>proxySource.DeriveSource("worker", "0")</c>.</param>
    /// <param name="epochUnixNs">Wall time at <see cref="MonotonicTime.Zero"/>, nanoseconds since the Unix epoch.</param>
    public Worker(ProxySnapshot snapshot, ProxyShared shared, RandomSource random, long epochUnixNs)
    {
        context = new WorkerContext(snapshot, shared, random, epochUnixNs);
        downstream = new DownstreamConnections(context, snapshot);
        View = new WorkerView(context, downstream);
    }

    /// <summary>The earliest moment at which <see cref="Advance"/> has something to do; null when there is none.</summary>
    public MonotonicTime? NextDeadline => context.Timers.NextDeadline;

    /// <summary>Read-only sight of statistics and counts for admin pages, charts and tests.</summary>
    public IWorkerView View { get; }

    /// <summary>Header maps that are not given back, for tests.</summary>
    internal int HeadersInUse => context.Headers.InUse;

    /// <summary>An empty map to fill for one input.</summary>
    public HeaderMap RentHeaders() => context.Headers.Rent();

    /// <summary>Gives back a map that was rented but not passed to an input.</summary>
    public void ReturnHeaders(HeaderMap map) => context.Headers.Return(map);

    /// <summary>From now on <see cref="StreamInfo.Attempts"/> tells what became of each attempt. Changes nothing else.</summary>
    public void KeepAttempts() => context.KeepsAttempts = true;

    /// <summary>Lets somebody follow the requests from now on.</summary>
    internal T Observe<T>(Func<WorkerContext, T> make)
        where T : IRequestObserver
    {
        var observer = make(context);
        context.Observer = observer;
        return observer;
    }

    // 1. Facts from downstream.

    /// <summary>
    /// A listener with a <see cref="ListenerSnapshot.TlsInspector"/> has accepted a connection: the driver reads until it knows whether it is
    /// TLS, and tells with <see cref="DownstreamConnection"/> or <see cref="InspectionFailed"/>. Listeners without one begin with the former.
    /// </summary>
    public void DownstreamAccepted(MonotonicTime now, ConnectionId connection, string listener, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Inspect(connection, listener);
    }

    /// <summary>What came first can neither be TLS nor taken for plain text.</summary>
    public void InspectionFailed(MonotonicTime now, ConnectionId connection, ClientHelloState found, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.RefuseInspected(connection, found);
    }

    /// <summary>A connection is there: it gets a filter chain, or is closed.</summary>
    public void DownstreamConnection(MonotonicTime now, ConnectionId connection, ConnectionInfo info, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Open(connection, info);
    }

    /// <summary>The request that is about to come on a connection of HTTP/1 is of another version than the one before; to be told before its headers.</summary>
    public void ConnectionProtocol(MonotonicTime now, ConnectionId connection, HttpProtocol protocol, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Get(connection)?.SetProtocol(protocol);
    }

    /// <summary>The TLS handshake of a connection has ended.</summary>
    public void DownstreamHandshake(MonotonicTime now, ConnectionId connection, TlsHandshake handshake, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.OnHandshake(connection, handshake);
        context.Complete();
    }

    /// <summary>The first bytes of a request have come, but not all of its headers: from now on its timeouts run. To be called only then.</summary>
    public void RequestBegin(MonotonicTime now, StreamId stream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        var head = context.Headers.Rent();
        if (downstream.NewStream(stream, head) is null)
        {
            context.Headers.Return(head);
        }
    }

    public void RequestHeaders(MonotonicTime now, StreamId stream, HeaderMap head, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Streams.GetValueOrDefault(stream) is { } begun)
        {
            begun.DecodeHeaders(head, endStream);
            context.Complete();
        }
        else if (downstream.NewStream(stream, head) is { } active)
        {
            active.DecodeHeaders(head, endStream);
            context.Complete();
        }
        else
        {
            context.Headers.Return(head);
        }
    }

    public void RequestData(MonotonicTime now, StreamId stream, long bytes, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Streams.TryGetValue(stream, out var active))
        {
            active.DecodeData(bytes, endStream);
            context.Complete();
        }
    }

    public void RequestTrailers(MonotonicTime now, StreamId stream, HeaderMap trailers, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Streams.TryGetValue(stream, out var active))
        {
            active.DecodeTrailers(trailers);
            context.Complete();
        }
        else
        {
            context.Headers.Return(trailers);
        }
    }

    /// <summary>The codec refuses what came as <paramref name="stream"/>; if the stream is not known yet it is made, so that it is answered and logged.</summary>
    public void RequestRefused(MonotonicTime now, StreamId stream, RequestError error, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Refuse(stream, error);
        context.Complete();
    }

    /// <summary>The peer reset one stream (HTTP/2).</summary>
    public void DownstreamReset(MonotonicTime now, StreamId stream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Streams.TryGetValue(stream, out var active))
        {
            active.OnDownstreamGone(ResponseFlag.DownstreamRemoteReset, ResponseCodeDetails.DownstreamRemoteReset);
            context.Complete();
        }
    }

    /// <summary>The connection is gone, whoever closed it.</summary>
    /// <param name="unsentBytes">Of a TCP proxy: so many bytes that came of it are not sent to its host yet.</param>
    public void DownstreamClosed(MonotonicTime now, ConnectionId connection, EffectBuffer effects, long unsentBytes = 0)
    {
        context.Begin(now, effects);
        downstream.OnClosed(connection, unsentBytes);
        context.Complete();
    }

    // Facts of TCP proxies, after PassBytes.

    /// <summary>
    /// Bytes have come from one side of a TCP proxy and wait to go to the other. Where it is none, and not the end, some of what waited has gone:
    /// the connection is not idle.
    /// </summary>
    /// <param name="endStream">That side sends no more.</param>
    public void TcpData(MonotonicTime now, ConnectionId connection, TcpSide from, long bytes, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.GetTcp(connection)?.OnData(from, bytes, endStream);
    }

    /// <summary>One side of a TCP proxy is not read for a while, as too much waits for the other, or is read again.</summary>
    public void TcpFlowControl(MonotonicTime now, ConnectionId connection, TcpSide from, bool paused, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.GetTcp(connection)?.OnFlowControl(from, paused);
    }

    // 2. Facts from upstream.

    /// <summary>The TLS handshake of a connection to a host has ended; <see cref="ConnectionResult"/> follows, and says that the connection is there or not.</summary>
    public void UpstreamHandshake(MonotonicTime now, UpstreamConnectionId connection, TlsHandshake handshake, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.OnHandshake(handshake);
        }
        else if (context.TcpUpstreams.TryGetValue(connection, out var tcp))
        {
            tcp.OnHandshake(handshake);
        }
    }

    /// <param name="failureReason">What the transport said, for logs; empty when connected.</param>
    /// <param name="local">The proxy's own address on the connection; null if there is none.</param>
    public void ConnectionResult(
        MonotonicTime now,
        UpstreamConnectionId connection,
        ConnectOutcome outcome,
        string failureReason,
        NetworkAddress? local,
        EffectBuffer effects
    )
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.LocalAddress = local;
            upstream.OnConnectResult(outcome, failureReason);
            context.Complete();
        }
        else if (context.TcpUpstreams.TryGetValue(connection, out var tcp))
        {
            tcp.OnConnectResult(outcome, failureReason, local);
        }
    }

    /// <summary>The peer takes no more requests on this connection: HTTP/2 GOAWAY, HTTP/1 <c>connection: close</c>.</summary>
    public void GoAway(MonotonicTime now, UpstreamConnectionId connection, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.OnGoAway();
            context.Complete();
        }
    }

    /// <summary>The peer's SETTINGS_MAX_CONCURRENT_STREAMS: how many requests at once it takes on this connection (HTTP/2).</summary>
    public void UpstreamSettings(MonotonicTime now, UpstreamConnectionId connection, uint maxConcurrentStreams, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.OnSettings(maxConcurrentStreams);
            context.Complete();
        }
    }

    /// <summary>
    /// The connection ends with the response under way: the peer has closed it, or sent more than the response. <see cref="ConnectionClosed"/>
    /// follows; in between nothing is started on it.
    /// </summary>
    public void ConnectionEnding(MonotonicTime now, UpstreamConnectionId connection, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.OnEnding();
        }
    }

    /// <summary>
    /// The connection is gone by the peer's doing or a transport error; its attempts end. Of a TCP proxy also: it was to be closed when all was sent,
    /// and is.
    /// </summary>
    /// <param name="reason"><see cref="ResetReason.ConnectionTermination"/>, or <see cref="ResetReason.ProtocolError"/> if what it sent was not HTTP.</param>
    public void ConnectionClosed(MonotonicTime now, UpstreamConnectionId connection, ResetReason reason, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.UpstreamConnections.TryGetValue(connection, out var upstream))
        {
            upstream.OnClosed(reason);
            context.Complete();
        }
        else if (context.TcpUpstreams.TryGetValue(connection, out var tcp))
        {
            tcp.OnClosed();
        }
    }

    /// <summary>An interim answer (1xx other than 101).</summary>
    public void ResponseInformational(MonotonicTime now, AttemptId attempt, HeaderMap head, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnInformational(head);
            context.Complete();
        }
        else
        {
            context.Headers.Return(head);
        }
    }

    public void ResponseHeaders(MonotonicTime now, AttemptId attempt, HeaderMap head, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnResponseHeaders(head, endStream);
            context.Complete();
        }
        else
        {
            context.Headers.Return(head);
        }
    }

    public void ResponseData(MonotonicTime now, AttemptId attempt, long bytes, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnResponseData(bytes, endStream);
            context.Complete();
        }
    }

    /// <summary>As <see cref="ResponseData"/>, for attempts whose <see cref="Effect.WantsContent"/> asked for the bytes themselves.</summary>
    public void ResponseContent(MonotonicTime now, AttemptId attempt, ReadOnlySpan<byte> content, bool endStream, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnResponseContent(content, endStream);
            context.Complete();
        }
    }

    public void ResponseTrailers(MonotonicTime now, AttemptId attempt, HeaderMap trailers, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnResponseTrailers(trailers);
            context.Complete();
        }
        else
        {
            context.Headers.Return(trailers);
        }
    }

    /// <summary>The peer reset one attempt (HTTP/2), or its answer could not be read.</summary>
    public void UpstreamReset(MonotonicTime now, AttemptId attempt, ResetReason reason, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Attempts.TryGetValue(attempt, out var upstream))
        {
            upstream.OnReset(reason);
            context.Complete();
        }
    }

    // 3. Messages from the main machine.

    public void HostUpdate(MonotonicTime now, ClusterMembership membership, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Clusters.TryGetValue(membership.Cluster, out var cluster))
        {
            cluster.Apply(membership);
            context.Complete();
        }
    }

    /// <summary>A host has failed: connections to it end as soon as they are idle.</summary>
    /// <param name="cluster">Its name.</param>
    public void HostFailed(MonotonicTime now, string cluster, HostState host, EffectBuffer effects)
    {
        context.Begin(now, effects);
        if (context.Clusters.TryGetValue(cluster, out var state))
        {
            state.DrainConnections(host);
            context.Complete();
        }
    }

    /// <summary>A listener was added or has changed: connections that come from now on are its. What is gone of the one before drains.</summary>
    public void ListenerUpdate(MonotonicTime now, ListenerSnapshot listener, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Update(listener);
        context.Complete();
    }

    /// <summary>A listener is gone, and no connection comes from it any more: those it brought drain.</summary>
    /// <param name="listener">Its name.</param>
    public void ListenerRemoved(MonotonicTime now, string listener, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Remove(listener);
        context.Complete();
    }

    /// <summary>
    /// A route configuration has another version: every connection manager with one of that name takes it for requests that begin from now
    /// on, those under way keep theirs (Envoy: a stream takes a snapshot of the route configuration when it is made).
    /// </summary>
    public void RouteConfigUpdate(MonotonicTime now, RouteTable routes, EffectBuffer effects)
    {
        context.Begin(now, effects);
        downstream.Update(routes);
        context.Complete();
    }

    /// <summary>
    /// From now on answers carry <c>connection: close</c> and idle connections are closed. Connections of TCP proxies are closed when the time of the
    /// drain is over.
    /// </summary>
    public void Drain(MonotonicTime now, EffectBuffer effects)
    {
        context.Begin(now, effects);
        context.Draining = true;
        downstream.CloseIdle();
        downstream.DrainTcp();
        context.Complete();
    }

    // 4. Time. An early or repeated call changes nothing.

    public void Advance(MonotonicTime now, EffectBuffer effects)
    {
        context.Begin(now, effects);
        while (context.Timers.TryTakeDue(now, out var kind, out var owner))
        {
            owner.OnTimer(kind);
            context.Complete();
        }
    }
}
