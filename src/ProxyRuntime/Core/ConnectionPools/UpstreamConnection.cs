namespace MeshSim.ProxyRuntime.Core;

/// <summary>One connection of a pool: connecting, ready, busy with one request, closed.</summary>
internal sealed class UpstreamConnection : ITimerOwner
{
    private readonly WorkerContext context;
    private readonly ConnectionPool pool;
    private readonly HostState host;
    private readonly MonotonicTime openedAt;
    private MonotonicTime connectedAt = MonotonicTime.Never;
    private UpstreamConnectionState state;
    private UpstreamRequest? attempt;
    private MonotonicTime idleSince;
    private TimerHandle timer;
    private long requests;
    private bool noNewRequests;
    private bool ending;
    private int generation;

    private UpstreamConnection(WorkerContext context, ConnectionPool pool)
    {
        this.context = context;
        this.pool = pool;
        host = pool.Host;
        openedAt = context.Now;
        Id = context.NextUpstreamConnection();
    }

    public UpstreamConnectionId Id { get; }

    /// <summary>The proxy's own end; null until connected, or if unknown.</summary>
    public NetworkAddress? LocalAddress { get; set; }

    public ClusterSnapshot Cluster => pool.Cluster.Snapshot;

    private ClusterStats Stats => pool.Cluster.Stats;

    public static void Open(WorkerContext context, ConnectionPool pool)
    {
        var connection = new UpstreamConnection(context, pool);
        context.UpstreamConnections[connection.Id] = connection;
        pool.Resources.Connections.Increment();
        connection.host.Stats.ConnectionOpened();
        if (connection.Stats.UpstreamCxTotal.Value == 0 && !connection.Cluster.HealthChecks.IsEmpty)
        {
            context.Effects.Add(new Effect { Kind = EffectKind.TrafficBegan, Cluster = connection.Cluster });
        }

        connection.Stats.UpstreamCxTotal.Increment();
        connection.Stats.UpstreamCxHttp1Total.Increment();
        connection.Stats.UpstreamCxActive.Increment();
        connection.timer = context.Timers.Arm(context.Now.Plus(pool.Cluster.Snapshot.ConnectTimeoutNs), TimerKind.ConnectTimeout, connection);
        context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.OpenConnection,
                Upstream = connection.Id,
                Subject = connection.host,
                Cluster = pool.Cluster.Snapshot,
            }
        );
    }

    /// <summary>Notes what logs and headers may tell of the connection.</summary>
    public void Describe(UpstreamInfo upstream)
    {
        upstream.Connection = Id;
        upstream.LocalAddress = LocalAddress;
        upstream.RemoteAddress = host.Address;
        upstream.Protocol = HttpProtocol.Http11;
        upstream.ConnectStart = openedAt;
        upstream.ConnectEnd = connectedAt;
    }

    /// <summary>Puts a request on this connection.</summary>
    public void Bind(UpstreamRequest request)
    {
        state = UpstreamConnectionState.Busy;
        attempt = request;
        requests++;
        Stats.UpstreamRqTotal.Increment();
        Stats.UpstreamRqActive.Increment();
        pool.Resources.Requests.Increment();
        host.Stats.RequestStarted();
        var limit = pool.Cluster.Snapshot.MaxRequestsPerConnection;
        if (limit > 0 && requests >= limit)
        {
            Stats.UpstreamCxMaxRequests.Increment();
            noNewRequests = true;
        }

        request.OnPoolReady(this);
    }

    /// <summary>Its request ended in order.</summary>
    /// <param name="reusable">False if the request was not sent to its end, so that the connection cannot carry another.</param>
    public void OnStreamComplete(bool reusable)
    {
        EndRequest();
        if (!reusable)
        {
            // CancelAttempt has told the driver already.
            Destroy(local: true, withActiveRequest: false);
        }
        else if (ending)
        {
            state = UpstreamConnectionState.Ready; // Nobody may have it; that it is closed is about to be told.
        }
        else if (noNewRequests || generation != pool.Generation)
        {
            Close();
        }
        else
        {
            state = UpstreamConnectionState.Ready;
            idleSince = context.Now;
            ArmIdleTimer();
            pool.OnAvailable(this);
        }
    }

    /// <summary>Its request was reset: on HTTP/1 the connection goes with it.</summary>
    public void OnStreamReset(bool byPeer)
    {
        (byPeer ? Stats.UpstreamRqRxReset : Stats.UpstreamRqTxReset).Increment();
        EndRequest();
        if (byPeer)
        {
            context.Effects.Add(new Effect { Kind = EffectKind.CloseConnection, Upstream = Id });
        }

        Destroy(local: true, withActiveRequest: true);
    }

    public void OnConnectResult(ConnectOutcome outcome, string failureReason)
    {
        if (state != UpstreamConnectionState.Connecting)
        {
            return;
        }

        context.Timers.Cancel(ref timer);
        if (outcome == ConnectOutcome.Connected)
        {
            Stats.UpstreamCxConnectMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
            state = UpstreamConnectionState.Ready;
            connectedAt = idleSince = context.Now;
            generation = pool.Generation;
            ArmIdleTimer();
            pool.OnConnected(this);
            return;
        }

        var reason = outcome == ConnectOutcome.LocalFailure ? ResetReason.LocalConnectionFailure : ResetReason.RemoteConnectionFailure;
        FailConnect(reason, failureReason, local: false);
    }

    /// <summary>The peer takes no more requests here.</summary>
    public void OnGoAway()
    {
        Stats.UpstreamCxCloseNotify.Increment();
        noNewRequests = true;
        if (state == UpstreamConnectionState.Ready)
        {
            Close();
        }
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

        switch (state)
        {
            case UpstreamConnectionState.Connecting:
                context.Timers.Cancel(ref timer);
                FailConnect(ResetReason.RemoteConnectionFailure, "", local: false);
                return;
            case UpstreamConnectionState.Busy:
                var request = attempt!;
                EndRequest();
                Destroy(local: false, withActiveRequest: true);
                request.OnConnectionGone(reason);
                return;
            default:
                Destroy(local: false, withActiveRequest: false);
                return;
        }
    }

    /// <summary>The proxy closes an idle connection.</summary>
    public void Close()
    {
        context.Effects.Add(new Effect { Kind = EffectKind.CloseConnection, Upstream = Id });
        Destroy(local: true, withActiveRequest: false);
    }

    public void OnTimer(TimerKind kind)
    {
        timer = default;
        if (kind == TimerKind.ConnectTimeout)
        {
            if (state == UpstreamConnectionState.Connecting)
            {
                Stats.UpstreamCxConnectTimeout.Increment();
                context.Effects.Add(new Effect { Kind = EffectKind.CloseConnection, Upstream = Id });
                FailConnect(ResetReason.ConnectionTimeout, "", local: true);
            }

            return;
        }

        if (state != UpstreamConnectionState.Ready)
        {
            return; // It is armed anew when the request under way ends.
        }

        if (context.Now.Since(idleSince) < pool.Cluster.Snapshot.IdleTimeoutNs)
        {
            ArmIdleTimer();
            return;
        }

        Stats.UpstreamCxIdleTimeout.Increment();
        Close();
    }

    private void EndRequest()
    {
        attempt = null;
        Stats.UpstreamRqActive.Decrement();
        pool.Resources.Requests.Decrement();
        host.Stats.RequestEnded();
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
        pool.OnClosed(this);
    }

    private void Forget(bool local, bool withActiveRequest)
    {
        state = UpstreamConnectionState.Closed;
        context.Timers.Cancel(ref timer);
        _ = context.UpstreamConnections.Remove(Id);
        pool.Resources.Connections.Decrement();
        host.Stats.ConnectionClosed();
        Stats.ConnectionDestroyed(local, withActiveRequest);
        Stats.UpstreamCxLengthMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
        Stats.UpstreamRqPerCx.Record(requests);
    }

    /// <summary>Armed once and, when it fires, compared with when the connection was last busy: no timer work per request.</summary>
    private void ArmIdleTimer()
    {
        if (pool.Cluster.Snapshot.IdleTimeoutNs > 0 && !timer.IsArmed)
        {
            timer = context.Timers.Arm(idleSince.Plus(pool.Cluster.Snapshot.IdleTimeoutNs), TimerKind.UpstreamIdle, this);
        }
    }
}

/// <summary>Where a connection is in its life.</summary>
internal enum UpstreamConnectionState : byte
{
    Connecting,
    Ready,
    Busy,
    Closed,
}
