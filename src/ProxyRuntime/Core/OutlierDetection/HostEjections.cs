namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the main machine knows of one host's ejections.</summary>
internal sealed class HostEjections(HostState host)
{
    private long jitterNs;
    private long backOff;

    public HostState Host => host;

    /// <summary>When it was ejected last; null for never.</summary>
    public MonotonicTime? EjectedAt { get; private set; }

    /// <summary>When it came back last; null for never.</summary>
    public MonotonicTime? ReturnedAt { get; private set; }

    /// <summary>How often it was ejected.</summary>
    public int Ejections { get; private set; }

    public bool IsEjected => (host.Health & HealthFlags.FailedOutlierCheck) != 0;

    /// <summary>Requests of the interval that has ended, and how many of them succeeded.</summary>
    public (long Total, long Succeeded) External { get; private set; }

    public (long Total, long Succeeded) Local { get; private set; }

    public void EndInterval()
    {
        External = host.Monitor.External.Take();
        Local = host.Monitor.Local.Take();
        host.Monitor.SuccessRate = host.Monitor.LocalOriginSuccessRate = -1;
    }

    /// <summary>Each ejection lasts longer than the one before, up to the maximum.</summary>
    public void Eject(MonotonicTime now, OutlierDetectionSnapshot settings, long jitter)
    {
        host.SetHealth(HealthFlags.FailedOutlierCheck);
        EjectedAt = now;
        Ejections++;
        jitterNs = jitter;
        if (backOff * settings.BaseEjectionTimeNs < settings.MaxEjectionTimeNs + settings.BaseEjectionTimeNs)
        {
            backOff++;
        }
    }

    public bool IsOver(MonotonicTime now, OutlierDetectionSnapshot settings) =>
        now.Since(EjectedAt ?? now) >= Math.Min(settings.BaseEjectionTimeNs * backOff, settings.MaxEjectionTimeNs) + jitterNs;

    public void Return(MonotonicTime now)
    {
        host.ClearHealth(HealthFlags.FailedOutlierCheck);
        host.Monitor.ResetAll();
        ReturnedAt = now;
    }

    /// <summary>A host that has been back for an interval is forgiven one ejection.</summary>
    public void Decay(MonotonicTime now, OutlierDetectionSnapshot settings)
    {
        if (!IsEjected && backOff > 0 && ReturnedAt is { } returned && now.Since(returned) >= settings.IntervalNs)
        {
            backOff--;
        }
    }
}
