namespace MeshSim.ProxyRuntime.Core;

/// <summary>A downstream connection that has a filter chain: what the listener counts of it, its handshake, and how it closes.</summary>
internal abstract class ServerConnection : ITimerOwner
{
    private readonly ListenerState listener;
    private readonly FilterChainSnapshot chain;
    private TimerHandle handshakeTimer;

    protected ServerConnection(WorkerContext context, TerminalFilter filter, ListenerState listener, ConnectionId id, ConnectionInfo info)
    {
        this.listener = listener;
        Context = context;
        Filter = filter;
        chain = filter.FilterChain!;
        Id = id;
        Info = info;
        OpenedAt = context.Now;
        listener.Stats.DownstreamCxTotal.Increment();
        listener.Stats.DownstreamCxActive.Increment();
    }

    public ConnectionId Id { get; }

    public MonotonicTime OpenedAt { get; }

    public ConnectionInfo Info { get; protected set; }

    public TerminalFilter Filter { get; }

    protected WorkerContext Context { get; }

    /// <summary>It is about to close, or closed.</summary>
    protected bool IsClosing { get; private set; }

    /// <summary>The TLS handshake has ended: the connection goes on, or closes.</summary>
    public void OnHandshake(TlsHandshake handshake)
    {
        if (IsClosing)
        {
            return;
        }

        Context.Timers.Cancel(ref handshakeTimer);
        listener.Tls!.Count(handshake);
        if (handshake.Outcome == TlsOutcome.Done)
        {
            Info = Info.With(handshake);
            OnSecured();
        }
        else
        {
            CloseNow();
        }
    }

    /// <summary>The time of its drain is over: it is closed, whatever is under way.</summary>
    public abstract void CloseNow();

    /// <summary>The proxy ends: what nobody uses just now need not wait for the drain.</summary>
    public abstract void CloseIfIdle();

    /// <summary>The connection is gone, whoever closed it.</summary>
    /// <param name="unsentBytes">Of a TCP proxy: so many bytes that came of it are not sent to its host yet.</param>
    public void OnClosed(long unsentBytes)
    {
        var closedByUs = IsClosing;
        IsClosing = true;
        Context.Timers.Cancel(ref handshakeTimer);
        var lengthMs = Context.Now.Since(OpenedAt) / MonotonicTime.NanosecondsPerMillisecond;
        OnClosed(closedByUs, lengthMs, unsentBytes);
        listener.Stats.DownstreamCxDestroy.Increment();
        listener.Stats.DownstreamCxActive.Decrement();
        listener.Stats.DownstreamCxLengthMs.Record(lengthMs);
    }

    public virtual void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.TransportSocketConnect)
        {
            handshakeTimer = default;
            listener.Stats.DownstreamCxTransportSocketConnectTimeout.Increment();
            CloseNow();
        }
    }

    /// <summary>Tells the driver of the chain; a handshake, if there is one, begins.</summary>
    protected void Begin()
    {
        if (chain is { Tls: not null, TransportSocketConnectTimeoutNs: > 0 and var limitNs })
        {
            handshakeTimer = Context.Timers.Arm(Context.Now.Plus(limitNs), TimerKind.TransportSocketConnect, this);
        }

        ref var effect = ref Context.Effects.Add(EffectKind.UseFilterChain);
        effect.Connection = Id;
        effect.Subject = chain;
    }

    /// <summary>Flush what was written, then close.</summary>
    /// <param name="delayNs">How long to wait for the peer to close first; 0: not at all; <see cref="Effect.AtOnce"/>: without sending what waits.</param>
    /// <returns>False if it is closing already.</returns>
    protected bool Close(long delayNs)
    {
        if (IsClosing)
        {
            return false;
        }

        IsClosing = true;
        Context.Timers.Cancel(ref handshakeTimer);
        ref var effect = ref Context.Effects.Add(EffectKind.CloseDownstream);
        effect.Connection = Id;
        effect.Bytes = delayNs;
        return true;
    }

    /// <summary>What the handshake told is known.</summary>
    protected virtual void OnSecured() { }

    /// <summary>The connection is gone; the listener has not counted that yet.</summary>
    protected abstract void OnClosed(bool closedByUs, long lengthMs, long unsentBytes);
}
