using BenchmarkDotNet.Attributes;
using MeshSim.Scenarios.Engine;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Benchmarks;

/// <summary>A whole simulated run: about a hundred thousand requests through gateway and service, with every event of them.</summary>
[MemoryDiagnoser]
public class RunBenchmark
{
    private readonly Scenario scenario = TestScenarios.Gateway(ratePerSecond: 10_000, replicas: 10, workers: 50, durationNs: 10_000_000_000);

    [Benchmark]
    public long OnePartition() => SingleProcessRunner.Run(scenario, seed: 1).Totals.Sent;
}
