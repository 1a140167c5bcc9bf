namespace MeshSim.ProxyRuntime.Core;

/// <summary>A connection to a host for the bytes of one downstream connection; nobody has it before or after.</summary>
/// <remarks>
/// Envoy's TCP connection pool, which a TCP proxy asks for a connection each time and never gives one back: what waits for it counts as a
/// pending request, what uses it as an active one, and max_requests does not hold for it.
/// </remarks>
internal sealed class TcpUpstream : ITimerOwner
{
    private readonly WorkerContext context;
    private readonly ClusterState cluster;
    private readonly ResourceManager resources;
    private readonly MonotonicTime openedAt;
    private readonly long idleTimeoutNs;
    private TcpProxyConnection? owner;
    private TcpProxyStats? flushing;
    private TimerHandle timer;
    private MonotonicTime connectedAt = MonotonicTime.Never;
    private TlsInfo? tls;

    private TcpUpstream(WorkerContext context, ClusterState cluster, HostState host, TcpProxyConnection owner, long idleTimeoutNs)
    {
        this.context = context;
        this.cluster = cluster;
        this.owner = owner;
        this.idleTimeoutNs = idleTimeoutNs;
        resources = cluster.Resources.For(RoutingPriority.Default);
        openedAt = context.Now;
        Host = host;
        Id = context.NextUpstreamConnection();
    }

    public UpstreamConnectionId Id { get; }

    public HostState Host { get; }

    public ClusterSnapshot Cluster => cluster.Snapshot;

    /// <summary>The host has said that it sends no more.</summary>
    public bool HasEnded { get; set; }

    private ClusterStats Stats => cluster.Stats;

    private bool IsConnected => connectedAt != MonotonicTime.Never;

    /// <summary>Begins to connect; null where max_pending_requests allows nobody more to wait.</summary>
    /// <param name="idleTimeoutNs">For how long nothing of what is left for the host may go once its client has gone; 0 = off.</param>
    public static TcpUpstream? Open(WorkerContext context, ClusterState cluster, HostState host, TcpProxyConnection owner, long idleTimeoutNs)
    {
        var upstream = new TcpUpstream(context, cluster, host, owner, idleTimeoutNs);
        if (!upstream.resources.PendingRequests.CanCreate)
        {
            cluster.Stats.UpstreamRqPendingOverflow.Increment();
            return null;
        }

        upstream.Open();
        return upstream;
    }

    /// <summary>Notes what logs may tell of the connection.</summary>
    public void Describe(UpstreamInfo info, NetworkAddress? local)
    {
        info.Connection = Id;
        info.LocalAddress = local;
        info.RemoteAddress = Host.Address;
        info.Tls = tls;
        info.ConnectStart = openedAt;
        info.ConnectEnd = connectedAt;
    }

    /// <summary>Notes how the TLS handshake ended; that the connection is there, or not, follows.</summary>
    public void OnHandshake(TlsHandshake handshake)
    {
        cluster.TlsStats.Count(handshake);
        tls = handshake.Info;
    }

    public void OnConnectResult(ConnectOutcome outcome, string failureReason, NetworkAddress? local)
    {
        if (IsConnected)
        {
            return;
        }

        context.Timers.Cancel(ref timer);
        if (outcome != ConnectOutcome.Connected)
        {
            FailConnect(
                outcome == ConnectOutcome.LocalFailure ? ResetReason.LocalConnectionFailure : ResetReason.RemoteConnectionFailure,
                failureReason,
                local: false
            );
            return;
        }

        connectedAt = context.Now;
        Stats.UpstreamCxConnectMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
        StopWaiting();
        resources.Requests.Increment();
        Stats.UpstreamRqTotal.Increment();
        Stats.UpstreamRqActive.Increment();
        Host.Stats.RequestStarted();
        owner!.OnConnected(this, local);
    }

    /// <summary>The connection is gone: broken, or closed by the driver as it was to once all was sent.</summary>
    public void OnClosed()
    {
        if (!IsConnected)
        {
            context.Timers.Cancel(ref timer);
            FailConnect(ResetReason.RemoteConnectionFailure, "", local: false);
            return;
        }

        Forget(local: flushing is not null && !HasEnded);
        owner?.OnUpstreamClosed();
    }

    /// <summary>Its host has failed its checks, and the cluster wants such connections closed.</summary>
    public void OnHostFailed()
    {
        if (IsConnected && owner is { } told)
        {
            Close();
            told.OnUpstreamClosed();
        }
    }

    /// <summary>The proxy closes it, whatever waits to be sent; nobody is told.</summary>
    public void Close()
    {
        owner = null;
        context.Effects.Add(EffectKind.CloseConnection).Upstream = Id;
        context.Timers.Cancel(ref timer);
        if (IsConnected)
        {
            Forget(local: !HasEnded);
        }
        else
        {
            Stats.UpstreamRqCancelled.Increment();
            CountFailure();
            Forget(local: true);
        }
    }

    /// <summary>The client has gone, and not all that it had sent has: what is left goes first.</summary>
    /// <param name="proxyStats">Where that is counted.</param>
    public void Flush(TcpProxyStats proxyStats)
    {
        owner = null;
        flushing = proxyStats;
        proxyStats.UpstreamFlushTotal.Increment();
        proxyStats.UpstreamFlushActive.Increment();
        ref var effect = ref context.Effects.Add(EffectKind.CloseConnection);
        effect.Upstream = Id;
        effect.EndStream = true;
        if (idleTimeoutNs > 0)
        {
            timer = context.Timers.Arm(context.Now.Plus(idleTimeoutNs), TimerKind.TcpIdle, this);
        }
    }

    public void OnTimer(TimerKind kind)
    {
        timer = default;
        if (kind == TimerKind.TcpIdle)
        {
            Close();
            return;
        }

        Stats.UpstreamCxConnectTimeout.Increment();
        context.Effects.Add(EffectKind.CloseConnection).Upstream = Id;
        FailConnect(ResetReason.ConnectionTimeout, "", local: true);
    }

    private void Open()
    {
        context.TcpUpstreams[Id] = this;
        resources.PendingRequests.Increment();
        resources.Connections.Increment();
        Stats.UpstreamRqPendingTotal.Increment();
        Stats.UpstreamRqPendingActive.Increment();
        Host.Stats.RequestPending(1);
        Host.Stats.ConnectionOpened();
        if (Stats.UpstreamCxTotal.Value == 0 && !Cluster.HealthChecks.IsEmpty)
        {
            context.Effects.Add(EffectKind.TrafficBegan).Cluster = Cluster;
        }

        Stats.UpstreamCxTotal.Increment();
        Stats.UpstreamCxActive.Increment();
        timer = context.Timers.Arm(context.Now.Plus(Cluster.ConnectTimeoutNs), TimerKind.ConnectTimeout, this);
        ref var effect = ref context.Effects.Add(EffectKind.OpenConnection);
        effect.Upstream = Id;
        effect.Connection = owner!.Id;
        effect.IsTcp = true;
        effect.Subject = Host;
        effect.Cluster = Cluster;
        effect.Transport = Cluster.TlsFor(Host.Snapshot) is { } secured ? UpstreamTransport.Of(secured, null, Host.Snapshot) with { IsTcp = true } : null;
    }

    private void StopWaiting()
    {
        resources.PendingRequests.Decrement();
        Stats.UpstreamRqPendingActive.Decrement();
        Host.Stats.RequestPending(-1);
    }

    private void CountFailure()
    {
        Stats.UpstreamCxConnectFail.Increment();
        Host.Stats.ConnectFailed();
    }

    private void FailConnect(ResetReason reason, string failureReason, bool local)
    {
        CountFailure();
        Stats.UpstreamRqPendingFailureEject.Increment();
        Forget(local);
        owner?.OnConnectFailed(this, reason, failureReason);
    }

    private void Forget(bool local)
    {
        context.Timers.Cancel(ref timer);
        _ = context.TcpUpstreams.Remove(Id);
        resources.Connections.Decrement();
        Host.Stats.ConnectionClosed();
        Stats.ConnectionDestroyed(local, withActiveRequest: IsConnected);
        Stats.UpstreamCxLengthMs.Record(context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond);
        flushing?.UpstreamFlushActive.Decrement();
        if (IsConnected)
        {
            resources.Requests.Decrement();
            Stats.UpstreamRqActive.Decrement();
            Host.Stats.RequestEnded();
        }
        else
        {
            StopWaiting();
        }
    }
}
