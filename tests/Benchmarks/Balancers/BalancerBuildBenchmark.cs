using BenchmarkDotNet.Attributes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>What a change of hosts costs: the tables, which the main machine makes once, and all that each worker makes of them.</summary>
[MemoryDiagnoser]
public class BalancerBuildBenchmark
{
    private readonly HostWeights hundred = BalancerSide.Weights(100);
    private readonly HostWeights thousand = BalancerSide.Weights(1_000);

    /// <summary>65,537 slots for a thousand hosts.</summary>
    [Benchmark]
    public object Maglev() => MaglevTable.Build(thousand, new MaglevPolicy());

    /// <summary>A hundred hosts at the sizes that are the default.</summary>
    [Benchmark]
    public object Ring() => RingTable.Build(hundred, new RingHashPolicy());

    /// <summary>A thousand hosts in a ring of a hundred thousand places.</summary>
    [Benchmark]
    public object LargeRing() => RingTable.Build(thousand, new RingHashPolicy(100_000));

    /// <summary>A schedule of a thousand hosts, wound forward by a hundred million picks.</summary>
    [Benchmark]
    public object Schedule() => EdfScheduler.Build(1_000, static i => 1 + (i % 3), 100_000_000);

    /// <summary>A whole cluster of a thousand hosts, in the main machine and in one worker.</summary>
    [Benchmark]
    public object RoundRobinCluster() => new BalancerSide(BenchmarkedPolicy.RoundRobin, 1_000);

    [Benchmark]
    public object WeightedCluster() => new BalancerSide(BenchmarkedPolicy.WeightedRoundRobin, 1_000);

    [Benchmark]
    public object SubsetCluster() => new BalancerSide(BenchmarkedPolicy.Subset, 1_000);
}
