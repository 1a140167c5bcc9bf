using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Outlier detection of one cluster, in the main machine: takes hosts out that fail and lets them back in when their time is over.</summary>
internal sealed class OutlierDetector : ITimerOwner
{
    private readonly ProxyMainContext context;
    private readonly OutlierDetectionSnapshot settings;
    private readonly OutlierStats stats;
    private readonly RandomStream random;
    private readonly Action<HostState> changed;
    private HostEjections[] hosts = [];
    private TimerHandle sweep;

    /// <param name="changed">Called when a host was ejected or came back.</param>
    public OutlierDetector(ProxyMainContext context, ClusterSnapshot cluster, OutlierDetectionSnapshot settings, Action<HostState> changed)
    {
        this.context = context;
        this.settings = settings;
        this.changed = changed;
        stats = new OutlierStats(context.Stats, cluster.StatName);
        random = context.Random.Derive("outlier", cluster.Name);
    }

    /// <summary>The hosts are these from now on; what is known of those that stay is kept. The first call begins the sweeps.</summary>
    public void Update(ImmutableArray<HostState> members)
    {
        foreach (var gone in hosts)
        {
            if (gone.IsEjected && !members.Contains(gone.Host))
            {
                stats.Active.Decrement();
            }
        }

        hosts = [.. members.Select(host => Array.Find(hosts, known => ReferenceEquals(known.Host, host)) ?? new HostEjections(host))];
        if (!sweep.IsArmed)
        {
            Arm();
        }
    }

    /// <summary>A worker has counted so many failures in a row as suffice.</summary>
    public void OnDetected(HostState host, EjectionType type)
    {
        if (Array.Find(hosts, known => ReferenceEquals(known.Host, host)) is not { IsEjected: false } found)
        {
            return;
        }

        stats.Detected(type);
        Eject(found, type);
        host.Monitor.Reset(type);
    }

    public void OnTimer(TimerKind kind)
    {
        foreach (var host in hosts)
        {
            if (host.IsEjected && host.IsOver(context.Now, settings))
            {
                stats.Active.Decrement();
                host.Return(context.Now);
                changed(host.Host);
            }

            host.EndInterval();
        }

        Evaluate(static host => host.External, EjectionType.SuccessRate, EjectionType.FailurePercentage);
        Evaluate(static host => host.Local, EjectionType.SuccessRateLocalOrigin, EjectionType.FailurePercentageLocalOrigin);
        foreach (var host in hosts)
        {
            host.Decay(context.Now, settings);
        }

        Arm();
    }

    /// <summary>Compares the hosts' success rates of the interval that has ended, with each other and with the limit.</summary>
    private void Evaluate(Func<HostEjections, (long Total, long Succeeded)> counts, EjectionType bySuccessRate, EjectionType byFailurePercentage)
    {
        if (hosts.Length < settings.SuccessRateMinimumHosts && hosts.Length < settings.FailurePercentageMinimumHosts)
        {
            return;
        }

        (HostEjections Host, double Rate, long Volume)[] rates =
        [
            .. hosts
                .Where(host => !host.IsEjected && counts(host).Total > 0)
                .Select(host => (host, 100.0 * counts(host).Succeeded / counts(host).Total, counts(host).Total)),
        ];
        var candidates = Array.FindAll(rates, entry => entry.Volume >= settings.SuccessRateRequestVolume);
        if (candidates.Length > 0 && candidates.Length >= settings.SuccessRateMinimumHosts)
        {
            var threshold = SuccessRates.Threshold([.. candidates.Select(static entry => entry.Rate)], settings.SuccessRateStdevFactor / 1000.0);
            DetectAll(candidates.Where(entry => entry.Rate < threshold).Select(static entry => entry.Host), bySuccessRate);
        }

        candidates = Array.FindAll(rates, entry => entry.Volume >= settings.FailurePercentageRequestVolume);
        if (candidates.Length > 0 && candidates.Length >= settings.FailurePercentageMinimumHosts)
        {
            DetectAll(
                candidates.Where(entry => 100.0 - entry.Rate >= settings.FailurePercentageThreshold).Select(static entry => entry.Host),
                byFailurePercentage
            );
        }
    }

    private void DetectAll(IEnumerable<HostEjections> found, EjectionType type)
    {
        foreach (var host in found)
        {
            stats.Detected(type);
            Eject(host, type);
        }
    }

    /// <summary>Ejects if the percentage of hosts allows one more and the detection is enforced.</summary>
    private void Eject(HostEjections host, EjectionType type)
    {
        var active = stats.Active.Value;
        var allowed = 100.0 * (active + 1) / hosts.Length <= Math.Min(100, settings.MaxEjectionPercent) || (settings.AlwaysEjectOneHost && active == 0);
        if (!allowed)
        {
            stats.Overflow.Increment();
            return;
        }

        stats.Allowed(type);
        if (!settings.Enforces(type, context.Runtime, random.NextUInt64()))
        {
            return;
        }

        stats.Active.Increment();
        stats.Enforced(type);
        var jitterMs = random.NextModulo((settings.MaxEjectionTimeJitterNs / MonotonicTime.NanosecondsPerMillisecond) + 1);
        host.Eject(context.Now, settings, jitterMs * MonotonicTime.NanosecondsPerMillisecond);
        changed(host.Host);
    }

    private void Arm() => sweep = context.Timers.Arm(context.Now.Plus(settings.IntervalNs), TimerKind.OutlierSweep, this);
}
