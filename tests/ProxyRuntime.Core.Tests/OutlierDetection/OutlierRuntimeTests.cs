namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What the runtime says of outlier detection comes before what a cluster says.</summary>
public class OutlierRuntimeTests
{
    public static TheoryData<string, Func<OutlierDetectionSnapshot, long>> Fields =>
        new()
        {
            { "interval_ms", static settings => settings.IntervalNs / Snapshots.Millisecond },
            { "base_ejection_time_ms", static settings => settings.BaseEjectionTimeNs / Snapshots.Millisecond },
            { "max_ejection_time_ms", static settings => settings.MaxEjectionTimeNs / Snapshots.Millisecond },
            { "max_ejection_time_jitter_ms", static settings => settings.MaxEjectionTimeJitterNs / Snapshots.Millisecond },
            { "max_ejection_percent", static settings => settings.MaxEjectionPercent },
            { "consecutive_5xx", static settings => settings.Consecutive5xx },
            { "consecutive_gateway_failure", static settings => settings.ConsecutiveGatewayFailure },
            { "consecutive_local_origin_failure", static settings => settings.ConsecutiveLocalOriginFailure },
            { "success_rate_minimum_hosts", static settings => settings.SuccessRateMinimumHosts },
            { "success_rate_request_volume", static settings => settings.SuccessRateRequestVolume },
            { "success_rate_stdev_factor", static settings => settings.SuccessRateStdevFactor },
            { "failure_percentage_threshold", static settings => settings.FailurePercentageThreshold },
            { "failure_percentage_minimum_hosts", static settings => settings.FailurePercentageMinimumHosts },
            { "failure_percentage_request_volume", static settings => settings.FailurePercentageRequestVolume },
        };

    [Theory]
    [MemberData(nameof(Fields))]
    public void Each_field_can_be_said_anew(string field, Func<OutlierDetectionSnapshot, long> read)
    {
        var configured = new OutlierDetectionSnapshot();
        var changed = configured.Under(Runtime("outlier_detection." + field, 77));

        Assert.Equal(77, read(changed));
        Assert.NotEqual(77, read(configured));
        Assert.Equal(
            1,
            Fields.Count(row => ((Func<OutlierDetectionSnapshot, long>)row[1])(changed) != ((Func<OutlierDetectionSnapshot, long>)row[1])(configured))
        );
    }

    [Theory]
    [InlineData(EjectionType.Consecutive5xx, "enforcing_consecutive_5xx")]
    [InlineData(EjectionType.ConsecutiveGatewayFailure, "enforcing_consecutive_gateway_failure")]
    [InlineData(EjectionType.ConsecutiveLocalOriginFailure, "enforcing_consecutive_local_origin_failure")]
    [InlineData(EjectionType.SuccessRate, "enforcing_success_rate")]
    [InlineData(EjectionType.SuccessRateLocalOrigin, "enforcing_local_origin_success_rate")]
    [InlineData(EjectionType.FailurePercentage, "enforcing_failure_percentage")]
    [InlineData(EjectionType.FailurePercentageLocalOrigin, "enforcing_failure_percentage_local_origin")]
    public void How_many_detections_eject_can_be_said_for_each_kind(EjectionType type, string field)
    {
        var settings = new OutlierDetectionSnapshot();

        Assert.Equal(settings.Enforcing(type) > 41, settings.Enforces(type, RuntimeSnapshot.Empty, 41));
        Assert.True(settings.Enforces(type, Runtime("outlier_detection." + field, 42), 41));
        Assert.False(settings.Enforces(type, Runtime("outlier_detection." + field, 42), 42));
    }

    [Fact]
    public void It_acts_on_what_workers_count_and_on_what_the_main_machine_decides()
    {
        var cluster = Snapshots.Cluster("svc", 1) with { OutlierDetection = new OutlierDetectionSnapshot { Consecutive5xx = 5 } };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster) with { Runtime = Runtime("outlier_detection.consecutive_5xx", 1) });
        proxy.Get();
        proxy.Connected(1);

        Assert.Equal(["Consecutive5xx of 10.0.0.1:80", "headers 500 end", "log"], proxy.Answer(1, 500));
    }

    private static RuntimeSnapshot Runtime(string key, ulong value) =>
        new([KeyValuePair.Create(key, new RuntimeValue($"{value}", Integer: value, Number: value))]);
}
