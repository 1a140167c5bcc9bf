namespace MeshSim.ProxyRuntime.Core.Tests;

public class AllocationTests
{
    public static TheoryData<string> Kinds =>
        [nameof(SteadyKinds.RouterOnly), nameof(SteadyKinds.Bodies), nameof(SteadyKinds.FiltersAndLogs), nameof(SteadyKinds.Retried)];

    /// <summary>The core's steady state allocates nothing, counted over ten thousand requests.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_request_in_steady_state_allocates_nothing(string kind)
    {
        var requests = kind switch
        {
            nameof(SteadyKinds.RouterOnly) => SteadyKinds.RouterOnly(),
            nameof(SteadyKinds.Bodies) => SteadyKinds.Bodies(),
            nameof(SteadyKinds.FiltersAndLogs) => SteadyKinds.FiltersAndLogs(),
            _ => SteadyKinds.Retried(),
        };
        requests.Run(2_000);

        Assert.Equal(0, Allocation.Of(() => requests.Run(10_000)));
        Assert.True(requests.Succeeded >= 12_000);
        Assert.Equal(kind == nameof(SteadyKinds.FiltersAndLogs), requests.LogBytes > 0);
    }
}
