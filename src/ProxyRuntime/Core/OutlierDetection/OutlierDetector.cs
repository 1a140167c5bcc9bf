using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Outlier detection of one cluster, in the main machine: takes hosts out that fail and lets them back in when their time is over.</summary>
internal sealed class OutlierDetector : ITimerOwner
{
    private readonly ProxyMainContext context;
    private readonly OutlierDetectionSnapshot settings;
    private readonly OutlierStats stats;
    private readonly RandomStream random;
    private readonly OutlierEvents events;
    private readonly Action<HostState> changed;
    private ImmutableArray<HostState> hosts = [];
    private TimerHandle sweep;

    /// <param name="changed">Called when a host was ejected or came back.</param>
    public OutlierDetector(ProxyMainContext context, ClusterSnapshot cluster, OutlierDetectionSnapshot settings, Action<HostState> changed)
    {
        this.context = context;
        this.settings = settings;
        this.changed = changed;
        stats = new OutlierStats(context.Stats, cluster.StatName);
        events = new OutlierEvents(context, cluster.Name);
        random = context.Random.Derive("outlier", cluster.Name);
    }

    /// <summary>How the hosts did in the last interval.</summary>
    public OutlierRates Rates { get; private set; } = OutlierRates.None;

    /// <summary>The hosts are these from now on; what is known of those that stay is kept. The first call begins the sweeps.</summary>
    public void Update(ImmutableArray<HostState> members)
    {
        var staying = new HashSet<HostState>(members, ReferenceEqualityComparer.Instance);
        foreach (var gone in hosts.Where(host => !staying.Contains(host)))
        {
            if (gone.Ejections is { IsEjected: true })
            {
                stats.Active.Decrement();
            }

            gone.Ejections = null;
        }

        hosts = members;
        if (!sweep.IsArmed)
        {
            Arm();
        }
    }

    /// <summary>A worker has counted so many failures in a row as suffice.</summary>
    public void OnDetected(HostState host, EjectionType type)
    {
        if (!hosts.Contains(host) || EjectionsOf(host) is not { IsEjected: false } found)
        {
            return;
        }

        stats.Detected(type);
        Eject(found, type);
        host.Monitor.Reset(type);
    }

    /// <summary>An active check of a host has passed: it is healthy, whatever it answered before.</summary>
    public void OnHealthy(HostState host)
    {
        if (settings.SuccessfulActiveHealthCheckUnejectHost && host.Ejections is { IsEjected: true } found)
        {
            Return(found);
        }
    }

    public void OnTimer(TimerKind kind)
    {
        var used = hosts.Where(static host => host.MonitorSoFar is not null).Select(EjectionsOf).ToArray();
        foreach (var host in used)
        {
            if (host.IsEjected && host.IsOver(context.Now, settings))
            {
                Return(host);
            }

            host.EndInterval();
        }

        Rates = Rates with { Average = -1, EjectionThreshold = -1 };
        Evaluate(used, isLocal: false, EjectionType.SuccessRate, EjectionType.FailurePercentage);
        Rates = Rates with { LocalOriginAverage = -1, LocalOriginEjectionThreshold = -1 };
        Evaluate(used, isLocal: true, EjectionType.SuccessRateLocalOrigin, EjectionType.FailurePercentageLocalOrigin);
        foreach (var host in used)
        {
            host.Decay(context.Now, settings);
        }

        Arm();
    }

    /// <summary>Compares the hosts' success rates of the interval that has ended, with each other and with the limit.</summary>
    /// <param name="used">The hosts that were ever asked.</param>
    private void Evaluate(HostEjections[] used, bool isLocal, EjectionType bySuccessRate, EjectionType byFailurePercentage)
    {
        if (hosts.Length < settings.SuccessRateMinimumHosts && hosts.Length < settings.FailurePercentageMinimumHosts)
        {
            return;
        }

        var rates = RatesOf(used, isLocal);
        Show(rates, isLocal);
        var candidates = Array.FindAll(rates, entry => entry.Volume >= settings.SuccessRateRequestVolume);
        if (candidates.Length > 0 && candidates.Length >= settings.SuccessRateMinimumHosts)
        {
            var (mean, threshold) = SuccessRates.Of([.. candidates.Select(static entry => entry.Rate)], settings.SuccessRateStdevFactor / 1000.0);
            Rates = isLocal
                ? Rates with
                {
                    LocalOriginAverage = mean,
                    LocalOriginEjectionThreshold = threshold,
                }
                : Rates with
                {
                    Average = mean,
                    EjectionThreshold = threshold,
                };
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

    /// <summary>The hosts that are in, and were asked at all.</summary>
    private static (HostEjections Host, double Rate, long Volume)[] RatesOf(HostEjections[] used, bool isLocal) =>
        [
            .. used.Select(host => (Host: host, Count: isLocal ? host.Local : host.External))
                .Where(static entry => !entry.Host.IsEjected && entry.Count.Total > 0)
                .Select(static entry => (entry.Host, 100.0 * entry.Count.Succeeded / entry.Count.Total, entry.Count.Total)),
        ];

    /// <summary>Notes for <c>/clusters</c> how those did that were asked often enough.</summary>
    private void Show((HostEjections Host, double Rate, long Volume)[] rates, bool isLocal)
    {
        var volume = Math.Min(settings.SuccessRateRequestVolume, settings.FailurePercentageRequestVolume);
        foreach (var (host, rate, _) in rates.Where(entry => entry.Volume >= volume))
        {
            if (isLocal)
            {
                host.Host.Monitor.LocalOriginSuccessRate = rate;
            }
            else
            {
                host.Host.Monitor.SuccessRate = rate;
            }
        }
    }

    private static HostEjections EjectionsOf(HostState host) => host.Ejections ??= new HostEjections(host);

    private void Return(HostEjections host)
    {
        stats.Active.Decrement();
        host.Return(context.Now);
        changed(host.Host);
        events.Uneject(host);
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
            events.Eject(host, type, enforced: false, Rates);
            return;
        }

        stats.Active.Increment();
        stats.Enforced(type);
        var jitterMs = random.NextModulo((settings.MaxEjectionTimeJitterNs / MonotonicTime.NanosecondsPerMillisecond) + 1);
        host.Eject(context.Now, settings, jitterMs * MonotonicTime.NanosecondsPerMillisecond);
        changed(host.Host);
        events.Eject(host, type, enforced: true, Rates);
    }

    private void Arm() => sweep = context.Timers.Arm(context.Now.Plus(settings.IntervalNs), TimerKind.OutlierSweep, this);
}
