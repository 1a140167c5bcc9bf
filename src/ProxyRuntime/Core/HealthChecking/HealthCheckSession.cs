namespace MeshSim.ProxyRuntime.Core;

/// <summary>One check of one host: asks when it is time, and counts what comes of it. What is asked is up to the kind of check.</summary>
internal abstract class HealthCheckSession(HealthChecker checker, HostChecks checks) : ITimerOwner
{
    private UpstreamConnectionId connection;
    private TimerHandle interval;
    private TimerHandle timeout;
    private uint passes;
    private uint failures;
    private bool isFirst = true;
    private bool isStopped;

    public HostChecks Checks => checks;

    /// <summary>What this check says of the host; other checks may say otherwise.</summary>
    public HealthFlags Flags { get; private set; } = checks.Host.Health & HostHealth.Active;

    /// <summary>There was a result, or there will never be one.</summary>
    public bool HasResult => !isFirst || isStopped;

    protected HealthChecker Checker => checker;

    protected HostState Host => checks.Host;

    /// <summary>A connection is there, or under way.</summary>
    protected bool HasConnection => connection != default;

    /// <summary>The connection can carry something.</summary>
    protected bool IsConnected { get; private set; }

    /// <summary>The first check begins at once unless initial_jitter is set.</summary>
    public void Start()
    {
        var delay = checker.FirstIntervalNs();
        if (delay == 0)
        {
            Probe();
        }
        else
        {
            Arm(delay);
        }
    }

    /// <summary>The host has left. Whoever waits for a first result waits no longer.</summary>
    public void Stop()
    {
        isStopped = true;
        checker.Context.Timers.Cancel(ref interval);
        checker.Context.Timers.Cancel(ref timeout);
        Close();
        if (isFirst)
        {
            checker.Completed(this, HealthTransition.Unchanged, healthy: (Flags & HealthFlags.FailedActiveHc) == 0);
        }
    }

    public void OnTimer(TimerKind kind)
    {
        if (kind == TimerKind.HealthInterval)
        {
            interval = default;
            Probe();
        }
        else
        {
            timeout = default;
            OnTimeout();
            HandleFailure(HealthCheckFailure.NetworkTimeout);
        }
    }

    public void OnProbe(in ProbeEvent found)
    {
        switch (found.Kind)
        {
            case ProbeEventKind.Connected:
                IsConnected = true;
                OnConnected();
                break;
            case ProbeEventKind.Closed:
                Forget();
                OnClosed();
                break;
            default:
                OnResponse(found);
                break;
        }
    }

    /// <summary>A response to a client carried <c>x-envoy-immediate-health-check-fail</c>. When the next check is due stays as it was.</summary>
    public void OnImmediateFail()
    {
        Exclude();
        _ = SetUnhealthy(HealthCheckFailure.Passive, isRetriable: false);
    }

    /// <summary>Sends what is to be answered, over a connection that is made if need be.</summary>
    protected abstract void OnInterval();

    protected abstract void OnConnected();

    /// <summary>The connection is gone, not by this side's doing.</summary>
    protected abstract void OnClosed();

    protected abstract void OnResponse(in ProbeEvent found);

    /// <summary>Nothing more is waited for; that it is a failure follows.</summary>
    protected abstract void OnTimeout();

    protected void Open()
    {
        connection = checker.Context.NextProbeConnection();
        checker.Context.Probes[connection] = this;
        var tls = checker.Cluster.TlsFor(Host.Snapshot);
        ref var effect = ref Emit(EffectKind.OpenProbe);
        effect.Subject = checker.TargetOf(Host);
        effect.Transport = tls is null ? null : UpstreamTransport.Of(tls, null, Host.Snapshot);
    }

    protected void Send(HeaderMap? head, ReadOnlyMemory<byte> body)
    {
        ref var effect = ref Emit(EffectKind.SendProbe);
        effect.Attempt = checker.Context.NextProbe();
        effect.Head = head;
        effect.Body = body;
        effect.EndStream = body.IsEmpty;
    }

    protected void Cancel() => Emit(EffectKind.CancelProbe);

    protected void Close()
    {
        if (HasConnection)
        {
            _ = Emit(EffectKind.CloseProbe);
            Forget();
        }
    }

    /// <summary>A check has failed for a reason for which the host counts as gone until a check passes.</summary>
    protected void Exclude() => Flags |= HealthFlags.ExcludedViaImmediateHcFail;

    protected void HandleSuccess(bool isDegraded)
    {
        failures = 0;
        var transition = HealthTransition.Unchanged;
        if (Has(HealthFlags.FailedActiveHc))
        {
            transition = HealthTransition.ChangePending;
            Host.NotePass(checker.Context.Now);
            if (isFirst || ++passes == checker.Settings.HealthyThreshold)
            {
                transition = HealthTransition.Changed;
                Flags &= ~(HealthFlags.FailedActiveHc | HealthFlags.ActiveHcTimeout | HealthFlags.ExcludedViaImmediateHcFail);
                checker.Events.AddHealthy(Host, isFirst);
            }
        }

        if (transition != HealthTransition.Changed && checker.Settings.AlwaysLogSuccess)
        {
            checker.Events.Successful(Host);
        }

        transition = ClearPending(transition);
        if (isDegraded != Has(HealthFlags.DegradedActiveHc))
        {
            Flags ^= HealthFlags.DegradedActiveHc;
            checker.Events.Degraded(Host, isDegraded);
            transition = transition == HealthTransition.Unchanged ? HealthTransition.Changed : transition;
        }

        checker.Stats.Success.Increment();
        isFirst = false;
        checker.Completed(this, transition, healthy: true);
        ArmNext(healthy: true, transition);
    }

    /// <param name="isRetriable">It takes unhealthy_threshold of them, as of failures of the network.</param>
    protected void HandleFailure(HealthCheckFailure type, bool isRetriable = false) => ArmNext(healthy: false, SetUnhealthy(type, isRetriable));

    private HealthTransition SetUnhealthy(HealthCheckFailure type, bool isRetriable)
    {
        passes = 0;
        var transition = HealthTransition.Unchanged;
        var isOfNetwork = type is HealthCheckFailure.Network or HealthCheckFailure.NetworkTimeout;
        if (!Has(HealthFlags.FailedActiveHc))
        {
            transition = HealthTransition.ChangePending;
            if ((!isOfNetwork && !isRetriable) || ++failures == checker.Settings.UnhealthyThreshold)
            {
                transition = HealthTransition.Changed;
                Flags |= HealthFlags.FailedActiveHc;
                checker.Events.EjectUnhealthy(Host, type);
            }
        }

        Flags &= ~HealthFlags.ActiveHcTimeout;
        if (type == HealthCheckFailure.NetworkTimeout && Has(HealthFlags.FailedActiveHc))
        {
            Flags |= HealthFlags.ActiveHcTimeout;
        }

        transition = ClearPending(transition);
        if (isFirst || checker.Settings.AlwaysLogFailures)
        {
            checker.Events.Failed(Host, type, isFirst);
        }

        checker.Stats.Failed(type);
        isFirst = false;
        checker.Completed(this, transition, healthy: false);
        return transition;
    }

    private void Probe()
    {
        OnInterval();
        timeout = checker.Context.Timers.Arm(checker.Context.Now.Plus(checker.Settings.TimeoutNs), TimerKind.HealthTimeout, this);
        checker.Stats.Attempt.Increment();
    }

    private void ArmNext(bool healthy, HealthTransition transition)
    {
        if (!isStopped)
        {
            checker.Context.Timers.Cancel(ref timeout);
            Arm(checker.NextIntervalNs(healthy, transition));
        }
    }

    private void Arm(long delayNs)
    {
        checker.Context.Timers.Cancel(ref interval);
        interval = checker.Context.Timers.Arm(checker.Context.Now.Plus(delayNs), TimerKind.HealthInterval, this);
    }

    /// <summary>With a first result a host is no longer left out, whatever the result.</summary>
    private HealthTransition ClearPending(HealthTransition transition)
    {
        if (!Has(HealthFlags.PendingActiveHc))
        {
            return transition;
        }

        Flags &= ~HealthFlags.PendingActiveHc;
        return HealthTransition.Changed;
    }

    private bool Has(HealthFlags flag) => (Flags & flag) != 0;

    private void Forget()
    {
        _ = checker.Context.Probes.Remove(connection);
        connection = default;
        IsConnected = false;
    }

    private ref Effect Emit(EffectKind kind)
    {
        ref var effect = ref checker.Context.Effects.Add(kind);
        effect.Upstream = connection;
        effect.Cluster = checker.Cluster;
        return ref effect;
    }
}
