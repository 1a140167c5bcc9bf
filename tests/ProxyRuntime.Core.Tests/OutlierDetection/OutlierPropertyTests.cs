namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Outlier detection does what <see cref="OutlierModel"/> does, with whatever settings and whatever hosts answer.</summary>
public class OutlierPropertyTests
{
    private readonly EffectBuffer effects = new();
    private readonly RandomStream random = new RandomSource(20_261_130).DeriveSource("outliers", "").Derive("cases");

    [Fact]
    public void The_detector_does_what_its_plain_model_does()
    {
        var enforced = new SortedDictionary<EjectionType, long>();
        for (var number = 0; number < 1500; number++)
        {
            foreach (var (type, times) in Compare(number))
            {
                enforced[type] = enforced.GetValueOrDefault(type) + times;
            }
        }

        // That all kinds of ejection have happened, and often.
        Assert.All(Enum.GetValues<EjectionType>(), type => Assert.InRange(enforced.GetValueOrDefault(type), 100, long.MaxValue));
    }

    private SortedDictionary<EjectionType, long> Compare(int number)
    {
        var settings = AnySettings();
        var count = 1 + (int)random.NextModulo(7);
        var start = new MonotonicTime(1_000_003);
        var main = new ProxyMain(Snapshots.Proxy(cluster: Snapshots.Cluster("svc", count) with { OutlierDetection = settings }), new RandomSource(3));
        main.Start(start, effects);
        effects.Clear();
        var model = new OutlierModel(settings, count);
        var (now, bad) = (start, 1 + random.NextModulo(9));
        for (var step = 0; step < 120; step++)
        {
            var place = (int)random.NextModulo(count);
            var host = main.View.Clusters[0].Hosts[place];
            var code = random.NextModulo(10) < bad ? (int)(500 + random.NextModulo(6)) : 200;
            switch (random.NextModulo(8))
            {
                case 0:
                    now = now.Plus((1 + random.NextModulo(40)) * (Snapshots.Second / 4));
                    Advance(main, now);
                    model.WaitUntil(now.Since(start));
                    break;
                case 1:
                    Report(main, now, host, host.Monitor.PutLocalOriginFailure(504));
                    model.Fail(place, 504, now.Since(start));
                    break;
                case 2:
                    host.Monitor.PutLocalOriginSuccess();
                    model.Connect(place);
                    break;
                default:
                    Report(main, now, host, host.Monitor.PutResponse(code));
                    model.Answer(place, code, now.Since(start));
                    break;
            }

            var out_ = main.View.Clusters[0].Hosts.Select(static host => (host.Health & HealthFlags.FailedOutlierCheck) != 0);
            Assert.True(out_.SequenceEqual(model.Out), $"case {number}, step {step}: {settings}");
            Assert.Equal(model.Overflows, Stat(main, "overflow"));
            Assert.Equal(model.Enforced.Values.Sum(), Stat(main, "enforced_total"));
        }

        return model.Enforced;
    }

    private OutlierDetectionSnapshot AnySettings()
    {
        uint Any(params uint[] choices) => choices[random.NextModulo(choices.Length)];
        var baseNs = (1 + random.NextModulo(8)) * Snapshots.Second;
        return new OutlierDetectionSnapshot
        {
            IntervalNs = (1 + random.NextModulo(10)) * Snapshots.Second / 2,
            BaseEjectionTimeNs = baseNs,
            MaxEjectionTimeNs = baseNs + (random.NextModulo(20) * Snapshots.Second),
            MaxEjectionPercent = Any(10, 34, 50, 100, 100),
            AlwaysEjectOneHost = Any(0, 1) == 1,
            SplitsLocalOrigin = Any(0, 1) == 1,
            Consecutive5xx = Any(1, 2, 3, 5, 9),
            ConsecutiveGatewayFailure = Any(1, 2, 3, 5, 9),
            ConsecutiveLocalOriginFailure = Any(1, 2, 3),
            SuccessRateMinimumHosts = Any(0, 1, 2, 3),
            SuccessRateRequestVolume = Any(1, 2, 4),
            SuccessRateStdevFactor = Any(0, 500, 1000, 1900),
            FailurePercentageThreshold = Any(20, 50, 85, 100),
            FailurePercentageMinimumHosts = Any(0, 1, 2, 3),
            FailurePercentageRequestVolume = Any(1, 2, 4),
            EnforcingConsecutive5xx = Any(0, 100),
            EnforcingConsecutiveGatewayFailure = Any(0, 100),
            EnforcingConsecutiveLocalOriginFailure = Any(0, 100),
            EnforcingSuccessRate = Any(0, 100),
            EnforcingLocalOriginSuccessRate = Any(0, 100),
            EnforcingFailurePercentage = Any(0, 100),
            EnforcingFailurePercentageLocalOrigin = Any(0, 100),
        };
    }

    /// <summary>What a worker reports, in its order.</summary>
    private void Report(ProxyMain main, MonotonicTime now, HostState host, Detections found)
    {
        foreach (
            var (flag, type) in (ReadOnlySpan<(Detections, EjectionType)>)
                [
                    (Detections.GatewayFailure, EjectionType.ConsecutiveGatewayFailure),
                    (Detections.FiveXx, EjectionType.Consecutive5xx),
                    (Detections.LocalOriginFailure, EjectionType.ConsecutiveLocalOriginFailure),
                ]
        )
        {
            if ((found & flag) != 0)
            {
                main.OutlierDetected(now, "svc", host, type, effects);
                effects.Clear();
            }
        }
    }

    private void Advance(ProxyMain main, MonotonicTime until)
    {
        while (main.NextDeadline is { } deadline && deadline <= until)
        {
            main.Advance(deadline, effects);
            effects.Clear();
        }
    }

    private static long Stat(ProxyMain main, string name) => main.View.Stats.Value($"cluster.svc.outlier_detection.ejections_{name}");
}
