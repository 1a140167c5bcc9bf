namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Outlier detection written down in the plainest way: every answer is kept and counted anew. Detections eject always or never, without jitter.</summary>
internal sealed class OutlierModel(OutlierDetectionSnapshot settings, int count)
{
    private readonly Host[] hosts = [.. Enumerable.Range(0, count).Select(static _ => new Host())];
    private long nextSweep = settings.IntervalNs;

    /// <summary>As Envoy counts: a host that is ejected for two reasons at once counts twice, and comes back once.</summary>
    private long active;

    public long Overflows { get; private set; }

    public SortedDictionary<EjectionType, long> Enforced { get; } = [];

    public IEnumerable<bool> Out => hosts.Select(static host => host.IsOut);

    public void Answer(int number, int code, long now)
    {
        var host = hosts[number];
        host.External.Add(code < 500);
        host.FiveXx = code < 500 ? 0 : host.FiveXx + 1;
        host.Gateway = code is 502 or 503 or 504 ? host.Gateway + 1 : 0;
        var (gateway, five) = (host.Gateway == settings.ConsecutiveGatewayFailure, host.FiveXx == settings.Consecutive5xx);
        if (code is 502 or 503 or 504 && gateway && Detect(host, EjectionType.ConsecutiveGatewayFailure, now))
        {
            host.Gateway = 0;
        }

        if (code >= 500 && five && Detect(host, EjectionType.Consecutive5xx, now))
        {
            host.FiveXx = 0;
        }
    }

    public void Fail(int number, int code, long now)
    {
        var host = hosts[number];
        if (!settings.SplitsLocalOrigin)
        {
            Answer(number, code, now);
            return;
        }

        host.Local.Add(false);
        if (++host.LocalFailures == settings.ConsecutiveLocalOriginFailure && Detect(host, EjectionType.ConsecutiveLocalOriginFailure, now))
        {
            host.LocalFailures = 0;
        }
    }

    public void Connect(int number)
    {
        if (settings.SplitsLocalOrigin)
        {
            hosts[number].Local.Add(true);
            hosts[number].LocalFailures = 0;
        }
    }

    /// <summary>All sweeps up to a moment.</summary>
    public void WaitUntil(long moment)
    {
        for (; nextSweep <= moment; nextSweep += settings.IntervalNs)
        {
            Sweep(nextSweep);
        }
    }

    private void Sweep(long now)
    {
        foreach (
            var host in hosts.Where(host =>
                host.IsOut && now - host.OutSince >= Math.Min(settings.BaseEjectionTimeNs * host.BackOff, settings.MaxEjectionTimeNs)
            )
        )
        {
            active--;
            (host.IsOut, host.BackSince, host.FiveXx, host.Gateway, host.LocalFailures) = (false, now, 0, 0, 0);
        }

        Compare(static host => host.External, EjectionType.SuccessRate, EjectionType.FailurePercentage, now);
        Compare(static host => host.Local, EjectionType.SuccessRateLocalOrigin, EjectionType.FailurePercentageLocalOrigin, now);
        foreach (var host in hosts)
        {
            host.BackOff -= !host.IsOut && host.BackOff > 0 && now - host.BackSince >= settings.IntervalNs ? 1 : 0;
            host.External.Clear();
            host.Local.Clear();
        }
    }

    private void Compare(Func<Host, List<bool>> window, EjectionType byRate, EjectionType byFailures, long now)
    {
        if (hosts.Length < Math.Min(settings.SuccessRateMinimumHosts, settings.FailurePercentageMinimumHosts))
        {
            return;
        }

        (Host Host, double Rate, int Volume)[] asked =
        [
            .. hosts
                .Where(host => !host.IsOut && window(host).Count > 0)
                .Select(host => (host, 100.0 * window(host).Count(static good => good) / window(host).Count, window(host).Count)),
        ];
        var candidates = asked.Where(entry => entry.Volume >= settings.SuccessRateRequestVolume).ToArray();
        if (candidates.Length > 0 && candidates.Length >= settings.SuccessRateMinimumHosts)
        {
            var mean = candidates.Sum(static entry => entry.Rate) / candidates.Length;
            var deviation = Math.Sqrt(candidates.Sum(entry => (entry.Rate - mean) * (entry.Rate - mean)) / candidates.Length);
            foreach (var (host, rate, _) in candidates.Where(entry => entry.Rate < mean - (settings.SuccessRateStdevFactor / 1000.0 * deviation)))
            {
                _ = Detect(host, byRate, now);
            }
        }

        candidates = [.. asked.Where(entry => entry.Volume >= settings.FailurePercentageRequestVolume)];
        foreach (
            var (host, rate, _) in candidates.Where(entry =>
                candidates.Length >= settings.FailurePercentageMinimumHosts && 100 - entry.Rate >= settings.FailurePercentageThreshold
            )
        )
        {
            _ = Detect(host, byFailures, now, evenIfOut: true);
        }
    }

    /// <summary>False if nobody looks at it because the host is out already.</summary>
    private bool Detect(Host host, EjectionType type, long now, bool evenIfOut = false)
    {
        if (host.IsOut && !evenIfOut)
        {
            return false;
        }

        if (100.0 * (active + 1) / hosts.Length > settings.MaxEjectionPercent && !(settings.AlwaysEjectOneHost && active == 0))
        {
            Overflows++;
        }
        else if (settings.Enforcing(type) > 0)
        {
            active++;
            Enforced[type] = Enforced.GetValueOrDefault(type) + 1;
            (host.IsOut, host.OutSince) = (true, now);
            host.BackOff += host.BackOff * settings.BaseEjectionTimeNs < settings.MaxEjectionTimeNs + settings.BaseEjectionTimeNs ? 1 : 0;
        }

        return true;
    }

    private sealed class Host
    {
        public List<bool> External { get; } = [];

        public List<bool> Local { get; } = [];

        public long FiveXx { get; set; }

        public long Gateway { get; set; }

        public long LocalFailures { get; set; }

        public bool IsOut { get; set; }

        public long OutSince { get; set; }

        public long BackSince { get; set; }

        public long BackOff { get; set; }
    }
}
