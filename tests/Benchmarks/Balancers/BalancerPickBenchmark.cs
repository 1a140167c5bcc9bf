using BenchmarkDotNet.Attributes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>Which host a request gets, with all that Envoy decides before: priority, health, panic, locality.</summary>
[MemoryDiagnoser]
public class BalancerPickBenchmark
{
    private const int Picks = 1_000;

    private readonly ulong[] hashes = [.. Enumerable.Range(0, Picks).Select(static i => StableHash.Mix((ulong)i))];
    private BalancerSide side = null!;
    private NaiveBalancer naive = null!;

    [ParamsAllValues]
    public BenchmarkedPolicy Policy { get; set; }

    [Params(10, 100, 1_000, 10_000)]
    public int Hosts { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        side = new BalancerSide(Policy, Hosts);
        naive = new NaiveBalancer(Policy, side.Hosts);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Picks)]
    public int Naive()
    {
        var sum = 0;
        foreach (var hash in hashes)
        {
            sum += naive.Pick(hash).Address.Port;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Picks)]
    public int Pick()
    {
        var sum = 0;
        foreach (var hash in hashes)
        {
            sum += side.Pick(hash)!.Address.Port;
        }

        return sum;
    }
}
