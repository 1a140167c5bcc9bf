using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>Hosts that come, go and weigh something else in the middle of a run.</summary>
public class EndpointChangeRunTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Load_follows_the_endpoints()
    {
        var changed = SingleProcessRunner.Run(Changing((0, [1, 1]), (10 * Second, [0, 1, 3])), seed: 5);
        var answered = changed.Endpoints.Select(static endpoint => (double)endpoint.Answered).ToArray();

        // Of 20 seconds the first replica has half of 10, the second half of 10 and a quarter of 10, the third three quarters of 10.
        Assert.Equal([200], changed.Totals.ByStatus.Keys);
        Assert.InRange(answered[0] / answered.Sum(), 0.24, 0.27);
        Assert.InRange(answered[1] / answered.Sum(), 0.36, 0.39);
        Assert.InRange(answered[2] / answered.Sum(), 0.36, 0.39);
        Assert.All(
            changed.Proxies,
            static proxy => Assert.Equal((2, 2), (proxy.Stats["cluster.svc.update_success"], proxy.Stats["cluster.svc.membership_change"]))
        );
    }

    [Fact]
    public void Without_endpoints_nobody_answers()
    {
        var result = SingleProcessRunner.Run(Changing((0, [1]), (10 * Second, [])), seed: 5);

        Assert.Equal([200, 503], result.Totals.ByStatus.Keys);
        Assert.InRange(result.Totals.SuccessRate, 0.4, 0.5);
    }

    [Fact]
    public void Partitions_do_not_change_the_result()
    {
        var scenario = Changing((0, [1, 1]), (5 * Second, [0, 1, 3]));

        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7)), ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7, partitions: 3)));
    }

    /// <param name="changes">When, and what each replica weighs then; 0: it is not there.</param>
    private static Scenario Changing(params (long AtNs, uint[] Weights)[] changes)
    {
        var scenario = TestScenarios.Gateway();
        var role = scenario.Proxies[0];
        var cluster = role.Snapshot.Clusters[0] with { Type = DiscoveryType.Eds, Endpoints = [], Eds = new EdsSnapshot("svc", "/eds.yaml") };
        return scenario with
        {
            Proxies = [role with { Snapshot = role.Snapshot with { Clusters = [cluster] } }],
            EndpointChanges = [.. changes.Select(static change => new EndpointChange("gateway", "svc", change.AtNs, Assignment(change.Weights)))],
        };
    }

    private static EndpointAssignment Assignment(uint[] weights) =>
        new()
        {
            Endpoints =
            [
                .. weights
                    .Select(
                        static (weight, i) =>
                            new EndpointSnapshot
                            {
                                Address = string.Create(CultureInfo.InvariantCulture, $"10.1.0.{i + 1}"),
                                Port = 80,
                                Weight = weight,
                            }
                    )
                    .Where(static endpoint => endpoint.Weight > 0),
            ],
        };
}
