namespace MeshSim.ProxyRuntime.Core;

/// <summary>One downstream connection of a connection manager: its streams, its idle time, and how it closes.</summary>
internal sealed class DownstreamConnection : ServerConnection
{
    private readonly WorkerContext context;
    private readonly List<ActiveStream> streams = [];
    private MonotonicTime idleSince;
    private TimerHandle timer;
    private TimerHandle durationTimer;
    private int requests;
    private bool draining;

    public DownstreamConnection(WorkerContext context, ConnectionManager manager, ListenerState listener, ConnectionId id, ConnectionInfo info)
        : base(context, manager, listener, id, info)
    {
        this.context = context;
        Manager = manager;
        idleSince = context.Now;
        manager.Stats.ConnectionOpened(info.Protocol, info.IsTls);
        ArmIdle();
        if (manager.Snapshot.MaxConnectionDurationNs > 0)
        {
            durationTimer = context.Timers.Arm(context.Now.Plus(manager.Snapshot.MaxConnectionDurationNs), TimerKind.DownstreamDuration, this);
        }

        Begin();
    }

    public ConnectionManager Manager { get; }

    /// <summary>The buckets of a local rate limit per connection; null until a request needs them.</summary>
    public LocalRateLimiter? RateLimiter { get; set; }

    /// <summary>A request may have begun before its version is known.</summary>
    public void SetProtocol(HttpProtocol protocol)
    {
        Info = Info with { Protocol = protocol };
        foreach (var stream in streams)
        {
            stream.Info.Connection = Info;
        }
    }

    public ActiveStream NewStream(StreamId id, HeaderMap head)
    {
        var stream = Manager.NewStream(this, id, head);
        Add(stream);
        return stream;
    }

    /// <summary>A request was redirected within the proxy: another stream of the same number takes it up.</summary>
    public void Recreate(ActiveStream former)
    {
        // What becomes of the headers from now on is not to be seen in the former's log line.
        var head = context.Headers.Rent();
        head.CopyFrom(former.RequestHeaders);
        var stream = Manager.NewStream(this, former.Id, head);
        Add(stream);
        stream.BeginRecreated(former);
    }

    /// <summary>A response begins: whether the connection closes after it, and whether both sides expect that.</summary>
    public void OnResponse(ref bool close, ref bool agreed)
    {
        var maxReached = Manager.Snapshot.MaxRequestsPerConnection > 0 && requests >= Manager.Snapshot.MaxRequestsPerConnection;
        if (maxReached)
        {
            close = agreed = true;
        }

        var leaves = context.Draining || Manager.Drain?.ClosesNow() == true;
        if ((leaves || draining) && !close)
        {
            if (leaves)
            {
                Manager.Stats.DownstreamCxDrainClose.Increment();
            }

            close = true;
        }
    }

    /// <summary>A stream of this connection is over; the connection may become idle.</summary>
    public void OnStreamFinished(ActiveStream stream)
    {
        _ = streams.Remove(stream);
        idleSince = context.Now;
    }

    /// <summary>Flush what was written, then close.</summary>
    /// <param name="delayed">Wait up to delayed_close_timeout for the peer to close first, so that it reads the answer.</param>
    public void Close(bool delayed)
    {
        if (Close(delayed ? Manager.Snapshot.DelayedCloseTimeoutNs : 0))
        {
            context.Timers.Cancel(ref timer);
            context.Timers.Cancel(ref durationTimer);
        }
    }

    public override void CloseNow() => Close(delayed: false);

    public override void CloseIfIdle()
    {
        if (streams.Count == 0)
        {
            Manager.Stats.DownstreamCxDrainClose.Increment();
            Close(delayed: true);
        }
    }

    protected override void OnClosed(bool closedByUs, long lengthMs, long unsentBytes)
    {
        var active = streams.Count > 0;
        for (var i = streams.Count - 1; i >= 0; i--)
        {
            streams[i].OnDownstreamGone(ResponseFlag.DownstreamConnectionTermination, ResponseCodeDetails.DownstreamRemoteDisconnect);
        }

        context.Timers.Cancel(ref timer);
        context.Timers.Cancel(ref durationTimer);
        Manager.Stats.ConnectionClosed(Info.Protocol, Info.IsTls, closedByUs, active, lengthMs);
    }

    /// <summary>The idle timer is armed once and looks, when it fires, at when the connection was last busy: no timer work per request.</summary>
    public override void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.DownstreamDuration)
        {
            durationTimer = default;
            Manager.Stats.DownstreamCxMaxDurationReached.Increment();
            StartDrain();
            return;
        }

        if (kind == TimerKind.TransportSocketConnect)
        {
            base.OnTimer(kind);
            return;
        }

        timer = default;
        if (kind == TimerKind.DownstreamDrain)
        {
            CloseWhenIdle();
            return;
        }

        if (streams.Count > 0)
        {
            idleSince = context.Now;
        }

        if (context.Now.Since(idleSince) < Manager.Snapshot.IdleTimeoutNs)
        {
            ArmIdle();
            return;
        }

        // An idle connection is drained like any other: it closes when drain_timeout is over too.
        Manager.Stats.DownstreamCxIdleTimeout.Increment();
        StartDrain();
    }

    /// <summary>Answers tell the client that the connection ends; it closes when drain_timeout is over and nothing is under way.</summary>
    private void StartDrain()
    {
        if (!draining)
        {
            draining = true;
            context.Timers.Cancel(ref timer);
            timer = context.Timers.Arm(context.Now.Plus(Manager.Snapshot.DrainTimeoutNs), TimerKind.DownstreamDrain, this);
        }
    }

    private void Add(ActiveStream stream)
    {
        streams.Add(stream);
        context.Streams[stream.Id] = stream;
        requests++;
        if (Manager.Snapshot.MaxRequestsPerConnection > 0 && requests >= Manager.Snapshot.MaxRequestsPerConnection)
        {
            Manager.Stats.DownstreamCxMaxRequestsReached.Increment();
        }
    }

    private void CloseWhenIdle()
    {
        if (streams.Count == 0)
        {
            Close(delayed: true);
        }
    }

    private void ArmIdle()
    {
        if (Manager.Snapshot.IdleTimeoutNs > 0)
        {
            timer = context.Timers.Arm(idleSince.Plus(Manager.Snapshot.IdleTimeoutNs), TimerKind.DownstreamIdle, this);
        }
    }
}
