using BenchmarkDotNet.Attributes;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>Which route a request takes; a thousand requests, one after the other, to all virtual hosts by turns.</summary>
[MemoryDiagnoser]
public class RouteBenchmark
{
    private const int Requests = 1_000;

    private RouteSide side = null!;

    [ParamsAllValues]
    public RouteTables Table { get; set; }

    [GlobalSetup]
    public void SetUp() => side = RouteSide.Of(Table);

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests)]
    public int Naive()
    {
        var found = 0;
        foreach (var request in side.NaiveRequests)
        {
            found += side.Naive.Find(request).Route;
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Compiled()
    {
        var found = 0;
        foreach (var request in side.Requests)
        {
            found += side.Table.Find(request, 0, RuntimeSnapshot.Empty, null).Route is null ? 0 : 1;
        }

        return found;
    }
}
