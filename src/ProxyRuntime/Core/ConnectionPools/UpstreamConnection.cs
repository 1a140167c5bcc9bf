namespace MeshSim.ProxyRuntime.Core;

/// <summary>One connection of a pool. HTTP/1.1 carries one request at a time, HTTP/2 as many as both sides allow.</summary>
internal sealed class UpstreamConnection : ITimerOwner
{
    private readonly WorkerContext context;
    private readonly ConnectionPool pool;
    private readonly HostState host;
    private readonly MonotonicTime openedAt;
    private readonly LinkedList<UpstreamRequest> attempts = new();
    private readonly bool multiplexed;
    private StreamCapacity capacity;
    private MonotonicTime connectedAt = MonotonicTime.Never;
    private MonotonicTime idleSince;
    private TimerHandle timer;
    private TimerHandle durationTimer;
    private long requests;
    private bool ending;
    private TlsInfo? tls;

    private UpstreamConnection(WorkerContext context, ConnectionPool pool)
    {
        this.context = context;
        this.pool = pool;
        host = pool.Host;
        openedAt = context.Now;
        Id = context.NextUpstreamConnection();
        multiplexed = Cluster.Http2 is not null;
        capacity = new StreamCapacity(Cluster.Http2?.MaxConcurrentStreams ?? 1, Cluster.MaxRequestsPerConnection);
        Node = new LinkedListNode<UpstreamConnection>(this);
    }

    public UpstreamConnectionId Id { get; }

    public UpstreamConnectionState State { get; private set; }

    /// <summary>Its place in one of the pool's lists.</summary>
    public LinkedListNode<UpstreamConnection> Node { get; }

    /// <summary>The proxy's own end; null until connected, or if unknown.</summary>
    public NetworkAddress? LocalAddress { get; set; }

    public ClusterSnapshot Cluster => pool.Cluster.Snapshot;

    public bool IsConnected => connectedAt != MonotonicTime.Never;

    /// <summary>No request is under way.</summary>
    public bool IsIdle => capacity.Active == 0;

    /// <summary>What the pool has counted of it: requests it can take, and those it can take once it is connected.</summary>
    public (long Capacity, long Connecting) Counted { get; set; }

    /// <summary>How many more requests it can take now.</summary>
    public long UnusedCapacity => State == UpstreamConnectionState.Closed ? 0 : capacity.Unused;

    /// <summary>Trailers of a request reach the peer.</summary>
    public bool CarriesTrailers => multiplexed || Cluster.Http1.EnableTrailers;

    private ClusterStats Stats => pool.Cluster.Stats;

    /// <summary>What a connection is that is up.</summary>
    private UpstreamConnectionState StateByCapacity =>
        capacity.IsSpent ? UpstreamConnectionState.Draining
        : capacity.Unused > 0 ? UpstreamConnectionState.Ready
        : UpstreamConnectionState.Busy;

    public static void Open(WorkerContext context, ConnectionPool pool)
    {
        var connection = new UpstreamConnection(context, pool);
        pool.OnChanged(connection);
        context.UpstreamConnections[connection.Id] = connection;
        pool.Resources.Connections.Increment();
        connection.host.Stats.ConnectionOpened();
        if (connection.Stats.UpstreamCxTotal.Value == 0 && !connection.Cluster.HealthChecks.IsEmpty)
        {
            context.Effects.Add(EffectKind.TrafficBegan).Cluster = connection.Cluster;
        }

        connection.Stats.UpstreamCxTotal.Increment();
        (connection.multiplexed ? connection.Stats.UpstreamCxHttp2Total : connection.Stats.UpstreamCxHttp1Total).Increment();
        connection.Stats.UpstreamCxActive.Increment();
        connection.timer = context.Timers.Arm(context.Now.Plus(connection.Cluster.ConnectTimeoutNs), TimerKind.ConnectTimeout, connection);
        ref var effect = ref context.Effects.Add(EffectKind.OpenConnection);
        effect.Upstream = connection.Id;
        effect.Subject = connection.host;
        effect.Cluster = connection.Cluster;
        effect.Transport = pool.Transport;
    }

    /// <summary>Notes what logs and headers may tell of the connection.</summary>
    public void Describe(UpstreamInfo upstream)
    {
        upstream.Connection = Id;
        upstream.LocalAddress = LocalAddress;
        upstream.RemoteAddress = host.Address;
        upstream.Protocol = multiplexed ? HttpProtocol.Http2 : HttpProtocol.Http11;
        upstream.Tls = tls;
        upstream.ConnectStart = openedAt;
        upstream.ConnectEnd = connectedAt;
    }

    /// <summary>Puts a request on this connection, which is ready.</summary>
    public void Bind(UpstreamRequest request)
    {
        attempts.AddLast(request.Node);
        requests++;
        capacity.Begin();
        if (capacity.IsSpent)
        {
            Stats.UpstreamCxMaxRequests.Increment();
        }

        Enter(StateByCapacity);
        Stats.UpstreamRqTotal.Increment();
        Stats.UpstreamRqActive.Increment();
        pool.Resources.Requests.Increment();
        host.Stats.RequestStarted();
        request.OnPoolReady(this);
    }

    /// <summary>A request ended in order.</summary>
    /// <param name="sent">False if it was not sent to its end; CancelAttempt has told the driver, and HTTP/1.1 can carry no other.</param>
    public void OnStreamComplete(UpstreamRequest request, bool sent)
    {
        EndRequest(request);
        if (sent)
        {
            AfterRequest();
        }
        else if (multiplexed)
        {
            Stats.UpstreamRqTxReset.Increment();
            AfterRequest();
        }
        else
        {
            Destroy(local: true, withActiveRequest: false);
        }
    }

    /// <summary>A request was reset: on HTTP/1.1 the connection goes with it.</summary>
    public void OnStreamReset(UpstreamRequest request, ResetReason reason, bool byPeer)
    {
        if (reason != ResetReason.RemoteRefusedStreamReset)
        {
            (byPeer ? Stats.UpstreamRqRxReset : Stats.UpstreamRqTxReset).Increment();
        }

        EndRequest(request);
        if (multiplexed)
        {
            AfterRequest();
            return;
        }

        if (byPeer)
        {
            context.Effects.Add(EffectKind.CloseConnection).Upstream = Id;
        }

        Destroy(local: true, withActiveRequest: true);
    }

    /// <summary>Notes how the TLS handshake ended; that the connection is there, or not, follows.</summary>
    public void OnHandshake(TlsHandshake handshake)
    {
        pool.Cluster.TlsStats.Count(handshake);
        tls = handshake.Info;
    }

    public void OnConnectResult(ConnectOutcome outcome, string failureReason)
    {
        if (IsConnected || State == UpstreamConnectionState.Closed)
        {
            return;
        }

        context.Timers.Cancel(ref timer);
        if (outcome == ConnectOutcome.Connected)
        {
            Stats.UpstreamCxConnectMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
            connectedAt = idleSince = context.Now;
            ArmIdleTimer();
            if (Cluster.MaxConnectionDurationNs > 0)
            {
                durationTimer = context.Timers.Arm(context.Now.Plus(Cluster.MaxConnectionDurationNs), TimerKind.MaxConnectionDuration, this);
            }

            Enter(UpstreamConnectionState.Ready);
            pool.OnReady();
            return;
        }

        FailConnect(
            outcome == ConnectOutcome.LocalFailure ? ResetReason.LocalConnectionFailure : ResetReason.RemoteConnectionFailure,
            failureReason,
            local: false
        );
    }

    /// <summary>The peer takes no more requests here.</summary>
    public void OnGoAway()
    {
        Stats.UpstreamCxCloseNotify.Increment();
        Drain();
    }

    /// <summary>The peer says how many requests at once it takes (HTTP/2).</summary>
    public void OnSettings(uint maxConcurrentStreams)
    {
        capacity.Allow(maxConcurrentStreams);
        Enter(IsConnected ? StateByCapacity : State);
    }

    /// <summary>With the response under way the connection ends.</summary>
    public void OnEnding() => ending = true;

    /// <summary>The connection is gone by the peer's doing.</summary>
    public void OnClosed(ResetReason reason)
    {
        if (reason == ResetReason.ProtocolError)
        {
            Stats.UpstreamCxProtocolError.Increment();
        }

        if (!IsConnected)
        {
            context.Timers.Cancel(ref timer);
            FailConnect(ResetReason.RemoteConnectionFailure, "", local: false);
            return;
        }

        // The newest ends first, as in Envoy; what its end brings about finds this connection closed.
        Forget(local: false, withActiveRequest: !IsIdle);
        while (attempts.Last is { Value: var request })
        {
            if (multiplexed)
            {
                Stats.UpstreamRqPendingFailureEject.Increment();
            }

            EndRequest(request);
            request.OnConnectionGone(reason);
        }

        pool.OnClosed();
    }

    /// <summary>Takes no more requests: an idle connection closes, a busy one when it is done.</summary>
    public void Drain()
    {
        if (State == UpstreamConnectionState.Draining)
        {
            return;
        }

        capacity.Spend();
        if (IsIdle)
        {
            Close();
        }
        else
        {
            Enter(UpstreamConnectionState.Draining);
        }
    }

    /// <summary>The proxy closes a connection that carries nothing; one that is not connected yet has failed then.</summary>
    public void Close()
    {
        context.Effects.Add(EffectKind.CloseConnection).Upstream = Id;
        if (IsConnected)
        {
            Destroy(local: true, withActiveRequest: false);
        }
        else
        {
            context.Timers.Cancel(ref timer);
            FailConnect(ResetReason.LocalConnectionFailure, "", local: true);
        }
    }

    public void OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.ConnectTimeout:
                timer = default;
                Stats.UpstreamCxConnectTimeout.Increment();
                context.Effects.Add(EffectKind.CloseConnection).Upstream = Id;
                FailConnect(ResetReason.ConnectionTimeout, "", local: true);
                break;
            case TimerKind.MaxConnectionDuration:
                durationTimer = default;
                if (State != UpstreamConnectionState.Draining)
                {
                    Stats.UpstreamCxMaxDurationReached.Increment();
                    Drain();
                }

                break;
            default:
                timer = default;
                OnIdleTimer();
                break;
        }
    }

    private void OnIdleTimer()
    {
        if (!IsIdle)
        {
            return; // It is armed anew when the last request under way ends.
        }

        if (context.Now.Since(idleSince) < Cluster.IdleTimeoutNs)
        {
            ArmIdleTimer();
            return;
        }

        Stats.UpstreamCxIdleTimeout.Increment();
        Close();
    }

    private void EndRequest(UpstreamRequest request)
    {
        attempts.Remove(request.Node);
        capacity.End();
        Stats.UpstreamRqActive.Decrement();
        pool.Resources.Requests.Decrement();
        host.Stats.RequestEnded();
        pool.OnRequestEnded();
    }

    /// <summary>A request is over and the connection is not: it goes on, or ends now.</summary>
    private void AfterRequest()
    {
        if (IsIdle)
        {
            idleSince = context.Now;
            ArmIdleTimer();
        }

        if (ending)
        {
            // Nobody may have it; that it is closed is about to be told.
            capacity.Spend();
        }
        else if (State == UpstreamConnectionState.Draining && IsIdle)
        {
            Close();
            return;
        }

        Enter(StateByCapacity);
        if (State == UpstreamConnectionState.Ready)
        {
            pool.OnReady();
        }
    }

    private void FailConnect(ResetReason reason, string failureReason, bool local)
    {
        Stats.UpstreamCxConnectFail.Increment();
        host.Stats.ConnectFailed();
        Forget(local, withActiveRequest: false);
        pool.OnConnectFailed(reason, failureReason);
    }

    private void Destroy(bool local, bool withActiveRequest)
    {
        Forget(local, withActiveRequest);
        pool.OnClosed();
    }

    private void Forget(bool local, bool withActiveRequest)
    {
        Enter(UpstreamConnectionState.Closed);
        context.Timers.Cancel(ref timer);
        context.Timers.Cancel(ref durationTimer);
        _ = context.UpstreamConnections.Remove(Id);
        pool.Resources.Connections.Decrement();
        host.Stats.ConnectionClosed();
        Stats.ConnectionDestroyed(local, withActiveRequest);
        Stats.UpstreamCxLengthMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
        Stats.UpstreamRqPerCx.Record(requests);
    }

    private void Enter(UpstreamConnectionState next)
    {
        State = next;
        pool.OnChanged(this);
    }

    /// <summary>Armed once and, when it fires, compared with when the connection was last busy: no timer work per request.</summary>
    private void ArmIdleTimer()
    {
        if (Cluster.IdleTimeoutNs > 0 && !timer.IsArmed)
        {
            timer = context.Timers.Arm(idleSince.Plus(Cluster.IdleTimeoutNs), TimerKind.UpstreamIdle, this);
        }
    }
}
