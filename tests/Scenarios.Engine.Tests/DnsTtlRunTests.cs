using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>How often proxies of a run ask for the names of services.</summary>
public class DnsTtlRunTests
{
    /// <summary>In twenty seconds, from the first on: every 5 s by dns_refresh_rate, every 7 s as the answers say.</summary>
    [Theory]
    [InlineData(false, 7u, 4)]
    [InlineData(true, 7u, 3)]
    [InlineData(true, 0u, 4)]
    public void Answers_hold_as_long_as_the_service_says(bool respected, uint ttlS, long attempts)
    {
        var scenario = TestScenarios.Gateway();
        var role = scenario.Proxies[0];
        var cluster = role.Snapshot.Clusters[0] with { RespectDnsTtl = respected };
        var result = SingleProcessRunner.Run(
            scenario with
            {
                Proxies = [role with { Snapshot = role.Snapshot with { Clusters = [cluster] } }],
                Services = [scenario.Services[0] with { DnsTtlS = ttlS }],
            },
            seed: 5
        );

        Assert.All(result.Proxies, proxy => Assert.Equal(attempts, proxy.Stats["cluster.svc.update_attempt"]));
    }
}
