namespace MeshSim.Scenarios.Engine.Tests.Theory;

/// <summary>What balancing policies make of waiting, with exponential servers behind one proxy.</summary>
public class BalancingTheoryTests
{
    private const string Servers = "workers: 1, service_time: {exponential: 10ms}, replicas: ";

    /// <summary>Each host is an M/M/1 of its own.</summary>
    [Fact]
    public void Random() => TheoryRun.Of(Station.Of(5, 40_000, Servers + "10", "lb_policy: RANDOM"), seed: 201).HoldsMean(2, within: 0.08);

    /// <summary>Each host is an E₁₀/M/1: arrivals are more regular, waiting is shorter.</summary>
    [Fact]
    public void Round_robin() => TheoryRun.Of(Station.Of(8, 30_000, Servers + "10", "lb_policy: ROUND_ROBIN"), seed: 202).HoldsMean(2.922269, within: 0.12);

    /// <summary>Choice of two among ten, with replacement, at load 0.9: 3.117 ± 0.041 by a simulation written by others.</summary>
    [Fact]
    public void Least_request() => TheoryRun.Of(Station.Of(9, 30_000, Servers + "10", "lb_policy: LEAST_REQUEST"), seed: 203).HoldsMean(3.117, within: 0.15);
}
