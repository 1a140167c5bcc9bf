using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>A route table that is pushed in the middle of a run.</summary>
public class RouteChangeRunTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Requests_that_begin_after_a_push_have_its_routes()
    {
        var result = SingleProcessRunner.Run(Pushed(), seed: 5);

        var bySecond = result.Seconds.ToDictionary(static second => second.Second, static second => second.ByStatus);
        Assert.All(Enumerable.Range(0, 10), second => Assert.Equal([200], bySecond[second].Keys));
        Assert.All(Enumerable.Range(11, 9), second => Assert.Equal([404], bySecond[second].Keys));
        Assert.Equal(result.Totals.ByStatus[404], result.Proxies.Sum(static proxy => proxy.Responses["404 NR"]));
    }

    [Fact]
    public void Partitions_do_not_change_the_result() =>
        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(Pushed(), seed: 7)), ResultHash.Of(SingleProcessRunner.Run(Pushed(), seed: 7, partitions: 3)));

    private static Scenario Pushed()
    {
        var scenario = TestScenarios.Gateway();
        var former = scenario.Proxies[0].Snapshot.Listeners[0].FilterChains[0].ConnectionManager!.RouteTable;
        return scenario with { RouteChanges = [new RouteChange("gateway", 10 * Second, new RouteTable(former.Name, []))] };
    }
}
