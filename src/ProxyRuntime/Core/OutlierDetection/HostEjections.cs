namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the main machine knows of one host's ejections.</summary>
internal sealed class HostEjections(HostState host)
{
    private MonotonicTime ejectedAt;
    private MonotonicTime returnedAt = MonotonicTime.Zero;
    private long jitterNs;
    private long backOff;

    public HostState Host => host;

    public bool IsEjected => (host.Health & HealthFlags.FailedOutlierCheck) != 0;

    /// <summary>Requests of the interval that has ended, and how many of them succeeded.</summary>
    public (long Total, long Succeeded) External { get; private set; }

    public (long Total, long Succeeded) Local { get; private set; }

    public void EndInterval()
    {
        External = host.Monitor.External.Take();
        Local = host.Monitor.Local.Take();
    }

    /// <summary>Each ejection lasts longer than the one before, up to the maximum.</summary>
    public void Eject(MonotonicTime now, OutlierDetectionSnapshot settings, long jitter)
    {
        host.SetHealth(HealthFlags.FailedOutlierCheck);
        ejectedAt = now;
        jitterNs = jitter;
        if (backOff * settings.BaseEjectionTimeNs < settings.MaxEjectionTimeNs + settings.BaseEjectionTimeNs)
        {
            backOff++;
        }
    }

    public bool IsOver(MonotonicTime now, OutlierDetectionSnapshot settings) =>
        now.Since(ejectedAt) >= Math.Min(settings.BaseEjectionTimeNs * backOff, settings.MaxEjectionTimeNs) + jitterNs;

    public void Return(MonotonicTime now)
    {
        host.ClearHealth(HealthFlags.FailedOutlierCheck);
        host.Monitor.ResetAll();
        returnedAt = now;
    }

    /// <summary>A host that has been back for an interval is forgiven one ejection.</summary>
    public void Decay(MonotonicTime now, OutlierDetectionSnapshot settings)
    {
        if (!IsEjected && backOff > 0 && now.Since(returnedAt) >= settings.IntervalNs)
        {
            backOff--;
        }
    }
}
