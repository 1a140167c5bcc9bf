using System.Collections.Immutable;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>What goes wrong, and what changes, seen from outside.</summary>
public class FaultTests
{
    private const long Ms = 1_000_000;
    private const long Second = 1_000_000_000;

    private static readonly TimeModel TenMs = new ServiceTime(ServiceTimeShape.Constant, 10 * Ms);

    [Fact]
    public void Who_hangs_never_answers()
    {
        var result = Run(faults: new HangFault("svc", [], 5 * Second, 10 * Second));

        Assert.True(result.Totals.ByStatus[504] is > 480 and < 520); // 100 a second for 5 s, until the route's 15 s are over.
        Assert.Equal([200, 504], result.Totals.ByStatus.Keys);
    }

    [Fact]
    public void A_crash_loses_what_was_served()
    {
        var result = Run(
            service => service with { ServiceTime = new ServiceTime(ServiceTimeShape.Constant, Second) },
            faults: new CrashFault("svc", [], 5 * Second, 6 * Second)
        );

        var endpoint = result.Endpoints.Single();
        Assert.InRange(endpoint.Arrivals - endpoint.Answered, 80, 120);
        Assert.InRange(result.Totals.ByStatus[503], 160, 240);
    }

    /// <summary>200 ms each second: a request that comes within waits until the end of the pause.</summary>
    [Fact]
    public void Pauses_come_again_and_again()
    {
        var fault = new GcPauseFault("svc", [], 0, 20 * Second) { Repeat = new Recurrence(Second, 0, 200 * Ms, IsRandom: false) };
        var latency = Run(faults: fault).Totals.Latency;

        Assert.InRange(latency.QuantileUs(0.75), 9_900, 10_400);

        // Slower than x are those that come up to 210 ms − x after the begin of a pause, and the hundredth that it interrupts: a tenth is
        // slower than 120 ms, give or take 3.29 · √(0.1 · 0.9 / 2000) s.
        Assert.InRange(latency.QuantileUs(0.9), 98_000, 142_000);
        Assert.InRange(latency.MaxUs, 200_000, 211_000);
    }

    [Fact]
    public void A_random_process_is_down_for_its_share()
    {
        var scenario = Scenario(
            static service => service,
            new DownFault("svc", [], 0, 100_000 * Second) { Repeat = new Recurrence(90 * Second, 0, 10 * Second, IsRandom: true) }
        ) with
        {
            DurationNs = 100_000 * Second,
        };
        var windows = FaultSchedule.Of(scenario, 7);

        // About 1000 cycles; the down time of each varies as much as its mean.
        Assert.InRange(windows.Sum(static window => window.UntilNs - window.FromNs) / 1e9, 10_000 - (3.29 * 10 * 45), 10_000 + (3.29 * 10 * 45));
        Assert.Equal(windows.Select(static window => window.FromNs), FaultSchedule.Of(scenario, 7).Select(static window => window.FromNs));
        Assert.All(windows, static window => Assert.Equal(0, window.Replicas.Single()));
    }

    [Fact]
    public void Added_latency_counts_each_way()
    {
        var result = Run(faults: new LatencyFault(new LinkScope(["svc"], []), new ServiceTime(ServiceTimeShape.Constant, 20 * Ms), 10 * Second, 20 * Second));

        Assert.InRange(result.Seconds[5].Latency.QuantileUs(0.5), 10_100, 10_300);
        Assert.InRange(result.Seconds[15].Latency.QuantileUs(0.5), 49_700, 50_700);
    }

    /// <summary>A fifth of the messages over two links, each way, is sent again after 200 ms: 0.8^2 of the requests are as fast as ever.</summary>
    [Fact]
    public void What_is_lost_is_sent_again()
    {
        var observer = new Latencies();
        _ = Run(faults: new LossFault(new LinkScope(["svc"], []), 0.2, 1, 40 * Second), observer: observer);

        var fast = observer.All.Count(static latency => latency < 100 * Ms) / (double)observer.All.Count;
        Assert.InRange(
            fast,
            0.64 - (3.29 * Math.Sqrt(0.64 * 0.36 / observer.All.Count)) - 0.02,
            0.64 + (3.29 * Math.Sqrt(0.64 * 0.36 / observer.All.Count)) + 0.02
        );
    }

    /// <summary>Nobody is told that the service is cut off; what was sent arrives afterwards.</summary>
    [Fact]
    public void Nothing_passes_a_partition()
    {
        var observer = new Latencies();
        _ = Run(
            faults: new PartitionFault(
                new LinkScope(
                    [],
                    [
                        ["gateway"],
                        ["svc"],
                    ]
                ),
                5 * Second,
                6 * Second
            ),
            observer: observer
        );

        Assert.DoesNotContain(observer.Arrivals, static at => at is > (5 * Second) + (2 * Ms) and < 6 * Second);
        Assert.Equal(2_000, observer.All.Count, 200.0);
        Assert.InRange(observer.All.Max(), Second, 2 * Second);
    }

    [Fact]
    public void New_replicas_come_when_DNS_says_so()
    {
        var scaled = Run(changes: new ScaleChange("svc", 5 * Second, 3, 2 * Second, 0, Second));
        var lone = scaled.Endpoints.Skip(1).Select(static endpoint => endpoint.ArrivalsBySecond.ToList().FindIndex(static count => count > 0)).ToArray();

        Assert.Equal(3, scaled.Endpoints.Length);
        Assert.All(lone, static first => Assert.InRange(first, 8, 14)); // DNS is asked every 5 s.
        Assert.Equal([200], scaled.Totals.ByStatus.Keys);
    }

    /// <summary>Without a preStop those that go refuse while DNS is asked every 5 s; with one longer than that nobody notices.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(10, false)]
    public void Replicas_that_go_are_missed_without_a_preStop(int preStopS, bool isNoticed)
    {
        var result = Run(static service => service with { Replicas = 3 }, changes: new RolloutChange("svc", 5 * Second, 1, 0, Second, preStopS * Second, 0));

        Assert.Equal(isNoticed, result.Totals.ByStatus.ContainsKey(503));
        Assert.Equal(6, result.Endpoints.Length);
        Assert.Equal(0, result.Endpoints[0].ArrivalsBySecond.Skip(25).Sum());
    }

    /// <summary>100 requests a second of 10 ms hold one worker on average. Two workers a replica, half of them busy: one replica is enough.</summary>
    [Theory]
    [InlineData(4, 1, 10, 1, 2)] // Down to what is needed; by chance a second now and then.
    [InlineData(1, 3, 50, 3, 3)] // 50 ms hold 5 workers: 5 replicas would be needed, 3 are allowed.
    public void An_autoscaler_follows_the_busy_workers(int replicas, int most, long serviceMs, int least, int atMost)
    {
        var change = new AutoscalerChange("svc", 1, Math.Max(replicas, most), 0.5, 2 * Second, 4 * Second, Second, 20 * Second, Second);
        var result = Run(
            role => role with { Replicas = replicas, Workers = 2, ServiceTime = new ServiceTime(ServiceTimeShape.Constant, serviceMs * Ms) },
            changes: change
        );

        Assert.InRange(result.Endpoints.Count(static endpoint => endpoint.ArrivalsBySecond.Skip(17).Any(static count => count > 0)), least, atMost);
        Assert.Equal((3, 1), (change.Wanted(3, 0.54), change.Wanted(2, 0.25)));
    }

    [Fact]
    public void A_rollout_keeps_its_bounds()
    {
        var service = new ServiceRole("svc", 80, 4, 1, TimeModel.None, 0);
        var lives = ReplicaPlan.Of(service, [new RolloutChange("svc", 100, 1, 1, 10, 0, 0)]);

        Assert.Equal(8, lives.Length);
        for (var time = 100L; time < 200; time++)
        {
            Assert.InRange(lives.Count(life => life.ListensAt(time)), 3, 5);
        }

        Assert.Equal([4, 5, 6, 7], lives.Where(static life => life.ListensAt(200)).Select(static life => life.Replica));
    }

    private static RunResult Run(
        Func<ServiceRole, ServiceRole>? service = null,
        Fault? faults = null,
        ServiceChange? changes = null,
        IRunObserver? observer = null
    ) =>
        SingleProcessRunner.Run(
            Scenario(service ?? (static role => role), faults) with
            {
                Changes = changes is null ? [] : [changes],
            },
            seed: 13,
            observer: observer
        );

    private static Scenario Scenario(Func<ServiceRole, ServiceRole> service, Fault? fault) =>
        new()
        {
            Name = "faults",
            DurationNs = 60 * Second,
            Proxies = [new ProxyRole("gateway", TestScenarios.Proxy(), "", 1, 1)],
            Services = [service(new ServiceRole("svc", 80, 1, 1_000, TenMs, 100))],
            Load = [new LoadModel("gateway", 100, 0, 20 * Second, "GET", "/", "svc", 30 * Second)],
            Faults = fault is null ? ImmutableArray<Fault>.Empty : [fault],
        };

    private sealed class Latencies : IRunObserver
    {
        public List<long> All { get; } = [];

        public List<long> Arrivals { get; } = [];

        public void Answered(long sentNs, long nowNs, int status) => All.Add(nowNs - sentNs);

        public void Arrived(string endpoint, long nowNs) => Arrivals.Add(nowNs);
    }
}
