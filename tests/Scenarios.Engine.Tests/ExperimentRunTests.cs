using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>A simulated experiment is recorded as a measured one is.</summary>
public class ExperimentRunTests
{
    private const long Second = 1_000_000_000;
    private const long Lead = 1_300_000_000;

    [Fact]
    public void A_run_is_recorded_by_the_seconds_of_sending_and_of_arrival()
    {
        var run = Run(seed: 3);

        Assert.Equal(run.Sent, run.Seconds.Sum(second => second.Sent));
        Assert.Equal(2, run.Seconds.Length);
        Assert.Equal(run.Arrivals["svc"], run.Seconds.Sum(second => second.Arrivals["svc"]));
        Assert.All(run.Seconds, second => Assert.Equal(second.Sent, second.Statuses.Values.Sum()));
        Assert.Equal(run.OkFraction, run.Seconds.Sum(second => second.Statuses.GetValueOrDefault(200)) / (double)run.Sent);
        Assert.Equal(run.Sent, run.Stats!["cluster.svc.upstream_rq_total"]);
        Assert.Equal(10.2, run.OkP50Ms, 3); // 10 ms of service and four links of 50 µs
        Assert.All(run.Seconds, second => Assert.InRange(second.P99Ms!.Value, 10.199, 10.401)); // on two new connections, eight
    }

    [Fact]
    public void The_same_seed_gives_the_same_record_and_another_seed_another()
    {
        var (one, again, other) = (Run(seed: 3), Run(seed: 3), Run(seed: 4));

        Assert.Equal(one.Seconds.Select(second => second.Sent), again.Seconds.Select(second => second.Sent));
        Assert.Equal(one.Stats!, again.Stats!);
        Assert.Equal(one.Arrivals, again.Arrivals);
        Assert.NotEqual(one.Sent, other.Sent);
    }

    private static ExperimentRun Run(ulong seed)
    {
        var scenario = new Scenario
        {
            Name = "steady",
            DurationNs = 4 * Second,
            Proxies = [new ProxyRole(Experiment.OuterProxy, TestScenarios.Proxy(), "", Concurrency: 1, Replicas: 1)],
            Services = [new ServiceRole("svc", 80, 1, 100, new ServiceTime(ServiceTimeShape.Constant, 10_000_000), 16)],
            Load = [new LoadModel(Experiment.OuterProxy, 200, 0, 2 * Second, "GET", "/", "svc", 20 * Second)],
            Faults = [new ErrorRateFault("svc", [], 0.5, 503, 1 * Second, 2 * Second)],
        };
        var experiment = new Experiment("steady", "", scenario, []);
        var observer = new ExperimentObserver(experiment, Lead);
        return observer.Record(SingleProcessRunner.Run(Model.Lead.Delay(scenario, Lead), seed, observer: observer));
    }
}
