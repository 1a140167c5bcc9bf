namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// One connection of a TCP proxy, Envoy's <c>TcpProxy::Filter</c>: it gets a cluster, a host and a connection to it, then bytes pass until both
/// sides have ended.
/// </summary>
/// <remarks>
/// The steps: <see cref="Connect"/> chooses the cluster, and for each attempt checks limits, chooses a host and opens the connection;
/// <see cref="OnConnectFailed"/> begins the next one, up to max_connect_attempts; <see cref="OnConnected"/> has bytes passed
/// (<see cref="EffectKind.PassBytes"/>); <see cref="OnData"/> counts them. When the downstream connection is gone it is logged. The driver owns
/// the bytes; what is half-closed on one side it half-closes on the other.
/// </remarks>
internal sealed class TcpProxyConnection : ServerConnection, IBalancedRequest
{
    private readonly TcpProxy proxy;
    private readonly StreamInfo streamInfo;
    private readonly LoadBalancerContext balancing = new();
    private readonly TcpProxyCluster route;
    private ClusterState? cluster;
    private TcpUpstream? upstream;
    private TimerHandle idleTimer;
    private TimerHandle durationTimer;
    private MonotonicTime lastActivity;
    private bool downstreamEnded;

    public TcpProxyConnection(WorkerContext context, TcpProxy proxy, ListenerState listener, ConnectionId id, ConnectionInfo info)
        : base(context, proxy, listener, id, info)
    {
        this.proxy = proxy;
        proxy.Stats.DownstreamCxTotal.Increment();
        streamInfo = new StreamInfo(context) { Listener = proxy.Listener, FilterChain = proxy.FilterChain };
        streamInfo.BeginTcp(id, info, proxy.Snapshot, context.Now, context.UnixNs);
        if (proxy.Snapshot.MaxDownstreamConnectionDurationNs > 0)
        {
            durationTimer = context.Timers.Arm(context.Now.Plus(proxy.Snapshot.MaxDownstreamConnectionDurationNs), TimerKind.TcpDuration, this);
        }

        route = proxy.PickRoute();
        Begin();
    }

    HeaderMap IBalancedRequest.Headers => streamInfo.RequestHeaders;

    DynamicMetadata IBalancedRequest.Metadata => streamInfo.DynamicMetadata;

    OverrideHost? IBalancedRequest.OverrideHost => null;

    /// <summary>Makes the first attempt; to be called once.</summary>
    public void Connect()
    {
        if (!Context.Clusters.TryGetValue(route.Name, out cluster))
        {
            proxy.Stats.DownstreamCxNoRoute.Increment();
            Fail(ResponseFlag.NoClusterFound);
            return;
        }

        streamInfo.UpstreamCluster = cluster.Snapshot;
        Attempt();
    }

    /// <summary>The host is connected: bytes may pass.</summary>
    public void OnConnected(TcpUpstream connected, NetworkAddress? local)
    {
        streamInfo.Upstream.TransportFailureReason = "";
        connected.Describe(streamInfo.Upstream, local);
        streamInfo.Attempted(streamInfo.Upstream);
        connected.Host.Monitor.PutLocalOriginSuccessFinal();
        lastActivity = Context.Now;
        ArmIdle();
        ref var effect = ref Context.Effects.Add(EffectKind.PassBytes);
        effect.Connection = Id;
        effect.Upstream = connected.Id;
    }

    /// <summary>An attempt has failed: the next one begins, or it was the last.</summary>
    public void OnConnectFailed(TcpUpstream failed, ResetReason reason, string transportFailure)
    {
        upstream = null;
        failed.Describe(streamInfo.Upstream, local: null);
        streamInfo.Upstream.TransportFailureReason = transportFailure;
        streamInfo.Attempted(streamInfo.Upstream);
        if (reason != ResetReason.LocalConnectionFailure)
        {
            streamInfo.SetFlag(ResponseFlag.UpstreamConnectionFailure);
            var found = failed.Host.Monitor.PutLocalOriginFailure(reason == ResetReason.ConnectionTimeout ? 504 : 503);
            OutlierReports.Tell(Context, failed.Cluster, failed.Host, found);
        }

        Attempt();
    }

    /// <summary>The connection to the host is gone: what has come of it goes to the client, then the client's is closed.</summary>
    public void OnUpstreamClosed()
    {
        upstream = null;
        Context.Timers.Cancel(ref idleTimer);
        _ = Close(delayNs: 0);
    }

    /// <summary>Bytes have come from one side and wait to go to the other; where none have, some of what waited has gone.</summary>
    public void OnData(TcpSide from, long bytes, bool endStream)
    {
        lastActivity = Context.Now;
        if (from == TcpSide.Downstream)
        {
            CountFromDownstream(bytes);
        }
        else
        {
            CountFromUpstream(bytes);
        }

        if (endStream && upstream is not null)
        {
            End(from);
        }
    }

    /// <summary>One side is not read for a while, as the other one does not keep up, or is read again.</summary>
    public void OnFlowControl(TcpSide from, bool paused)
    {
        var clusterStats = cluster!.Stats;
        if (from == TcpSide.Upstream)
        {
            (paused ? clusterStats.UpstreamFlowControlPausedReadingTotal : clusterStats.UpstreamFlowControlResumedReadingTotal).Increment();
            return;
        }

        (paused ? proxy.Stats.DownstreamFlowControlPausedReadingTotal : proxy.Stats.DownstreamFlowControlResumedReadingTotal).Increment();
        (paused ? clusterStats.UpstreamFlowControlBackedUpTotal : clusterStats.UpstreamFlowControlDrainedTotal).Increment();
    }

    public override void CloseNow()
    {
        upstream?.Close();
        upstream = null;
        CancelTimers();
        _ = Close(Effect.AtOnce);
    }

    /// <summary>Nobody knows whether a connection is idle whose bytes mean nothing here: it has the whole time of the drain.</summary>
    public override void CloseIfIdle() { }

    public override void OnTimer(TimerKind kind)
    {
        switch (kind)
        {
            case TimerKind.TcpIdle:
                idleTimer = default;
                OnIdleTimer();
                break;
            case TimerKind.TcpDuration:
                durationTimer = default;
                streamInfo.SetFlag(ResponseFlag.DurationTimeout);
                proxy.Stats.MaxDownstreamConnectionDuration.Increment();
                CloseNow();
                break;
            default:
                base.OnTimer(kind);
                break;
        }
    }

    ulong? IBalancedRequest.ComputeHash() => proxy.Snapshot.HashesSourceIp ? XxHash64.Of(Info.Remote.IpBytes) : null;

    protected override void OnSecured() => streamInfo.Connection = Info;

    protected override void OnClosed(bool closedByUs, long lengthMs, long unsentBytes)
    {
        if (unsentBytes > 0)
        {
            upstream?.Flush(proxy.Stats);
        }
        else
        {
            upstream?.Close();
        }

        upstream = null;
        CancelTimers();
        streamInfo.End = Context.Now;
        streamInfo.LogType = LogEntryType.TcpConnectionEnd;
        ref var effect = ref Context.Effects.Add(EffectKind.LogAccess);
        effect.Stream = streamInfo.Stream;
        effect.Subject = streamInfo;
        effect.Bytes = AccessLogFilters.Choose(streamInfo.AccessLogs, streamInfo, Context);
        effect.EndStream = true;
    }

    /// <summary>As Envoy in establishUpstreamConnection: limits first, then the number of attempts, then the host.</summary>
    private void Attempt()
    {
        while (upstream is null && !IsClosing)
        {
            if (!cluster!.Resources.For(RoutingPriority.Default).Connections.CanCreate)
            {
                cluster.Stats.UpstreamCxOverflow.Increment();
                Fail(ResponseFlag.UpstreamOverflow);
            }
            else if (streamInfo.AttemptCount >= proxy.Snapshot.MaxConnectAttempts)
            {
                cluster.Stats.UpstreamCxConnectAttemptsExceeded.Increment();
                Fail(ResponseFlag.UpstreamRetryLimitExceeded);
            }
            else if (ChooseHost() is { } host)
            {
                AttemptAt(host);
            }
            else
            {
                Fail(ResponseFlag.NoHealthyUpstream);
            }
        }
    }

    private HostState? ChooseHost()
    {
        balancing.Begin(retryPolicy: null, this);
        balancing.MetadataMatch = route.MetadataMatch;
        return cluster!.ChooseHost(balancing);
    }

    private void AttemptAt(HostState host)
    {
        if (!cluster!.Resources.For(RoutingPriority.Default).CanConnect(host))
        {
            cluster.Stats.UpstreamCxOverflow.Increment(); // Envoy would have it wait for another connection to this host to end.
            Fail(ResponseFlag.UpstreamOverflow);
            return;
        }

        streamInfo.AttemptCount++;
        streamInfo.Upstream.Host = host;
        streamInfo.Upstream.PoolAsked = Context.Now;
        upstream = TcpUpstream.Open(Context, cluster, host, this, proxy.Snapshot.IdleTimeoutNs);
    }

    private void CountFromDownstream(long bytes)
    {
        streamInfo.BytesReceived += bytes;
        streamInfo.DownstreamBytes.DataReceived(bytes, endStream: false);
        streamInfo.UpstreamBytes.DataSent(bytes, endStream: false);
        proxy.Stats.DownstreamCxRxBytesTotal.Add(bytes);
        cluster!.Stats.UpstreamCxTxBytesTotal.Add(bytes);
    }

    private void CountFromUpstream(long bytes)
    {
        streamInfo.BytesSent += bytes;
        streamInfo.DownstreamBytes.DataSent(bytes, endStream: false);
        streamInfo.UpstreamBytes.DataReceived(bytes, endStream: false);
        proxy.Stats.DownstreamCxTxBytesTotal.Add(bytes);
        cluster!.Stats.UpstreamCxRxBytesTotal.Add(bytes);
    }

    /// <summary>One side sends no more; when neither does, what waits is sent and both connections are closed.</summary>
    private void End(TcpSide side)
    {
        if (side == TcpSide.Downstream)
        {
            downstreamEnded = true;
        }
        else
        {
            upstream!.HasEnded = true;
        }

        if (downstreamEnded && upstream!.HasEnded)
        {
            _ = Close(delayNs: 0);
        }
    }

    private void OnIdleTimer()
    {
        if (Context.Now.Since(lastActivity) < proxy.Snapshot.IdleTimeoutNs)
        {
            ArmIdle();
            return;
        }

        proxy.Stats.IdleTimeout.Increment();
        CloseNow();
    }

    private void ArmIdle()
    {
        if (proxy.Snapshot.IdleTimeoutNs > 0)
        {
            idleTimer = Context.Timers.Arm(lastActivity.Plus(proxy.Snapshot.IdleTimeoutNs), TimerKind.TcpIdle, this);
        }
    }

    private void Fail(ResponseFlag flag)
    {
        streamInfo.SetFlag(flag);
        CancelTimers();
        _ = Close(Effect.AtOnce);
    }

    private void CancelTimers()
    {
        Context.Timers.Cancel(ref idleTimer);
        Context.Timers.Cancel(ref durationTimer);
    }
}
