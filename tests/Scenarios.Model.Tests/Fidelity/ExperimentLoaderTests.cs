namespace MeshSim.Scenarios.Model.Tests;

public class ExperimentLoaderTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void A_set_up_becomes_a_scenario()
    {
        var result = ExperimentFile.Load();

        Assert.Empty(result.Problems);
        var setUp = result.Experiment!.SetUp;
        Assert.Equal(["proxy", "sidecar"], setUp.Proxies.Select(proxy => proxy.Name));
        Assert.All(setUp.Proxies, proxy => Assert.Equal((1, 1), (proxy.Concurrency, proxy.Replicas)));
        Assert.Equal([("a", "127.0.0.1", 21001, 2), ("b", "127.0.0.1", 21002, 3)], setUp.Services.Select(s => (s.Name, s.Addresses[0], s.Port, s.Workers)));
        Assert.Equal(new ServiceTime(ServiceTimeShape.Lognormal, 10_000_000, 0.5), setUp.Services[1].ServiceTime);
        Assert.Equal([(100, 0, 5 * Second), (300, 5 * Second, 12 * Second)], setUp.Load.Select(load => ((int)load.RatePerSecond, load.FromNs, load.UntilNs)));
        Assert.All(setUp.Load, load => Assert.Equal(("proxy", 20 * Second), (load.To, load.TimeoutNs)));
        Assert.Equal(new ZipfHeader("x-user", "u", 10, 1.1), setUp.Load[0].Zipf);
        Assert.Equal(12, result.Experiment.LoadSeconds);
        Assert.True(setUp.DurationNs > 32 * Second, "whoever was asked last can still be given up");
    }

    /// <summary>Each phase is replaced as a whole: what it does not set is as if nothing had ever been set.</summary>
    [Fact]
    public void Phases_become_faults_until_the_next_phase()
    {
        var faults = ExperimentFile.Load().Experiment!.SetUp.Faults;

        Assert.Equal(3, faults.Length);
        Assert.Equal(("a", 0.5, 500, 5 * Second, 8 * Second), faults[0] is ErrorRateFault e ? (e.Service, e.Rate, e.Status, e.FromNs, e.UntilNs) : default);
        Assert.Equal((4.0, 8 * Second, 9_500_000_000), faults[1] is SlowFault s ? (s.Factor, s.FromNs, s.UntilNs) : default);
        Assert.Equal((9_500_000_000, 11 * Second), faults[2] is DownFault d ? (d.FromNs, d.UntilNs) : default);
    }

    [Fact]
    public void Calibration_has_measured_defaults_and_can_be_given()
    {
        var usual = ExperimentFile.Load().Experiment!.SetUp;
        var own = ExperimentFile.Load("\"inner\"", """ "calibration": {"timer_lateness_ms": 0.1, "outside_ms": 0.2}, "inner" """).Experiment!.SetUp;

        Assert.Equal((620_000, 125_000), (usual.Services[0].OverheadNs, usual.Network.LatencyFloorNs));
        Assert.Equal((100_000, 50_000), (own.Services[0].OverheadNs, own.Network.LatencyFloorNs));
    }

    [Fact]
    public void Measured_runs_are_read_whether_counts_are_numbers_or_text()
    {
        var run = ExperimentFile.Load().Experiment!.Runs.Single();

        Assert.Equal((10, 0.9, 15.5, 40, 90.1), (run.Sent, run.OkFraction, run.OkP50Ms, run.OkP90Ms, run.OkP99Ms));
        Assert.Equal(1, run.Stats!["cluster.svc.upstream_rq_retry"]);
        Assert.Equal([("a", 5L), ("b", 6L)], run.Arrivals.Select(entry => (entry.Key, entry.Value)));
        Assert.Equal((15.5, null, 9), (run.Seconds[0].P50Ms, run.Seconds[0].P99Ms, run.Seconds[0].Statuses[200]));
    }

    [Theory]
    [InlineData("\"name\": \"demo\"", "\"name\": \"a/b\"", "demo.json:2:10: name: 'a/b' is no name of an experiment")]
    [InlineData("\"port_value\": 10000", "\"port_value\": \"x\"", "demo.json:4:103: config.static_resources.listeners[0].address.socket_address.port_value")]
    [InlineData("\"port_value\": 10010", "\"port_value\": 10000", "demo.json:6:11: inner: two proxies listen at 127.0.0.1:10000")]
    [InlineData("\"port\": 21002", "\"port\": 21001", "demo.json:8:13: servers: two servers listen at 127.0.0.1:21001")]
    [InlineData("\"kind\": \"exponential\"", "\"kind\": \"gamma\"", "demo.json:9:44: servers.a.service.kind: 'gamma' is not accepted")]
    [InlineData("\"workers\": 2", "\"worker\": 2", "demo.json:9:75: servers.a.worker: unknown field 'worker'; did you mean 'workers'?")]
    [InlineData("\"at\": 8", "\"at\": 4", "demo.json:10:67: servers.a.phases[1].at: phases come in the order of time")]
    [InlineData("\"down\": true", "\"down\": 3", "demo.json:10:109: servers.a.phases[2].down: '3' is not accepted; accepted are true and false")]
    [InlineData(
        "\"error_rate\": 0.5",
        "\"error_rate\": 5",
        "demo.json:10:39: servers.a.phases[0].error_rate: '5' is not accepted; accepted is a number from 0 up to 1"
    )]
    [InlineData("\"to\": 5", "\"to\": 0", "demo.json:12:29: load[0].to: '0' is not accepted; accepted is a number above 0 and up to 86400")]
    [InlineData("\"keys\": 10", "\"keys\": 0", "demo.json:13:54: zipf.keys: '0' is not accepted")]
    [InlineData("\"b\": 6", "\"c\": 6", "demo.json:15:103: runs[0].arrivals: unknown server 'c'")]
    [InlineData(
        "upstream_rq_retry\": \"1\"",
        "upstream_rq_retry\": \"-1\"",
        "demo.json:16:47: runs[0].stats.cluster.svc.upstream_rq_retry: expected a whole number from 0"
    )]
    [InlineData("\"503\": 1", "\"bad\": 1", "demo.json:17:54: runs[0].seconds[0].statuses: 'bad' is no status")]
    [InlineData("\"ok_fraction\": 0.9, ", "", "demo.json:15:3: runs[0].ok_fraction: this field is required")]
    public void A_mistake_is_told_with_its_place(string right, string wrong, string expected)
    {
        Assert.Contains(right, ExperimentFile.Text, StringComparison.Ordinal);
        var result = ExperimentFile.Load(right, wrong);

        Assert.Null(result.Experiment);
        Assert.Contains(result.Problems, problem => problem.ToString().StartsWith(expected, StringComparison.Ordinal));
    }
}
