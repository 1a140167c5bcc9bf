namespace MeshSim.ProxyRuntime.Core;

/// <summary>One downstream connection: its streams, its idle time, and how it closes.</summary>
internal sealed class DownstreamConnection : ITimerOwner
{
    private readonly WorkerContext context;
    private readonly ListenerStats listener;
    private readonly List<ActiveStream> streams = [];
    private readonly MonotonicTime openedAt;
    private MonotonicTime idleSince;
    private TimerHandle timer;
    private bool closing;

    public DownstreamConnection(WorkerContext context, ConnectionManager manager, ListenerStats listener, ConnectionId id, ConnectionInfo info)
    {
        this.context = context;
        this.listener = listener;
        Manager = manager;
        Id = id;
        Info = info;
        openedAt = idleSince = context.Now;
        listener.DownstreamCxTotal.Increment();
        listener.DownstreamCxActive.Increment();
        manager.Stats.ConnectionOpened(info.Protocol);
        ArmIdle();
    }

    public ConnectionId Id { get; }

    public ConnectionInfo Info { get; }

    public ConnectionManager Manager { get; }

    public ActiveStream NewStream(StreamId id, HeaderMap head)
    {
        var stream = Manager.NewStream(this, id, head);
        streams.Add(stream);
        context.Streams[id] = stream;
        return stream;
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
        if (closing)
        {
            return;
        }

        closing = true;
        context.Timers.Cancel(ref timer);
        context.Effects.Add(
            new Effect
            {
                Kind = EffectKind.CloseDownstream,
                Connection = Id,
                Bytes = delayed ? Manager.Snapshot.DelayedCloseTimeoutNs : 0,
            }
        );
    }

    public void CloseIfIdle()
    {
        if (streams.Count == 0)
        {
            Manager.Stats.DownstreamCxDrainClose.Increment();
            Close(delayed: true);
        }
    }

    public void OnClosed()
    {
        var active = streams.Count > 0;
        for (var i = streams.Count - 1; i >= 0; i--)
        {
            streams[i].OnDownstreamGone(ResponseFlag.DownstreamConnectionTermination, ResponseCodeDetails.DownstreamRemoteDisconnect);
        }

        context.Timers.Cancel(ref timer);
        var lengthMs = context.Now.Since(openedAt) / MonotonicTime.NanosecondsPerMillisecond;
        listener.DownstreamCxDestroy.Increment();
        listener.DownstreamCxActive.Decrement();
        listener.DownstreamCxLengthMs.Record(lengthMs);
        Manager.Stats.ConnectionClosed(Info.Protocol, closing, active, lengthMs);
    }

    /// <summary>The idle timer is armed once and looks, when it fires, at when the connection was last busy: no timer work per request.</summary>
    public void OnTimer(TimerKind kind)
    {
        timer = default;
        if (kind == TimerKind.DownstreamDrain)
        {
            Close(delayed: true);
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
        timer = context.Timers.Arm(context.Now.Plus(Manager.Snapshot.DrainTimeoutNs), TimerKind.DownstreamDrain, this);
    }

    private void ArmIdle()
    {
        if (Manager.Snapshot.IdleTimeoutNs > 0)
        {
            timer = context.Timers.Arm(idleSince.Plus(Manager.Snapshot.IdleTimeoutNs), TimerKind.DownstreamIdle, this);
        }
    }
}
