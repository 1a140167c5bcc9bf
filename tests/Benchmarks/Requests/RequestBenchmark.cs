using BenchmarkDotNet.Attributes;
using MeshSim.ProxyRuntime.Core.Tests;

namespace MeshSim.Benchmarks;

/// <summary>A whole request through a worker: headers in, route, filters, attempt on a connection that is used again, answer, log.</summary>
/// <remarks>The requests are those whose allocation ProxyRuntime.Core.Tests counts.</remarks>
[MemoryDiagnoser]
public class RequestBenchmark
{
    private const int Requests = 100;

    /// <summary>Enough for the compiler to have done all it does.</summary>
    private const int WarmUp = 500_000;

    private readonly SteadyRequests routerOnly = SteadyKinds.RouterOnly();
    private readonly SteadyRequests bodies = SteadyKinds.Bodies();
    private readonly SteadyRequests filtersAndLogs = SteadyKinds.FiltersAndLogs();
    private readonly SteadyRequests retried = SteadyKinds.Retried();

    [GlobalSetup(Target = nameof(RouterOnly))]
    public void SetUpRouterOnly() => routerOnly.Run(WarmUp);

    [GlobalSetup(Target = nameof(Bodies))]
    public void SetUpBodies() => bodies.Run(WarmUp);

    [GlobalSetup(Target = nameof(FiltersAndLogs))]
    public void SetUpFiltersAndLogs() => filtersAndLogs.Run(WarmUp);

    [GlobalSetup(Target = nameof(Retried))]
    public void SetUpRetried() => retried.Run(WarmUp);

    [Benchmark(Baseline = true, OperationsPerInvoke = Requests)]
    public int RouterOnly() => Run(routerOnly);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Bodies() => Run(bodies);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int FiltersAndLogs() => Run(filtersAndLogs);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int Retried() => Run(retried);

    private static int Run(SteadyRequests requests)
    {
        requests.Run(Requests);
        return requests.Succeeded;
    }
}
