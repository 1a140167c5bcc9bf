using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

/// <summary>Meshes in which every application has a sidecar that reaches it at 127.0.0.1.</summary>
public class TopologyTests
{
    [Fact]
    public void A_sidecar_is_beside_the_application_of_its_own_pod()
    {
        var report = Report(Chain(2, replicas: 2));

        Assert.DoesNotContain(report.Nodes, static node => node.Kind == "stranger");
        Assert.Equal(
            [
                "clients > gateway",
                "gateway > s0-0.s0-sidecar",
                "gateway > s0-1.s0-sidecar",
                "s0-0.s0-sidecar > s0-0",
                "s0-0.s0-sidecar > s1-0.s1-sidecar",
                "s0-0.s0-sidecar > s1-1.s1-sidecar",
                "s0-1.s0-sidecar > s0-1",
                "s0-1.s0-sidecar > s1-0.s1-sidecar",
                "s0-1.s0-sidecar > s1-1.s1-sidecar",
                "s1-0.s1-sidecar > s1-0",
                "s1-1.s1-sidecar > s1-1",
            ],
            Edges(report)
        );
        Assert.Contains(report.Stories.SelectMany(static story => story.Steps), static step => step.Label == "try 1 → s1-1");
    }

    [Fact]
    public void Of_many_replicas_those_of_a_role_are_one_box_and_what_nothing_came_to_is_named()
    {
        var report = Report(Chain(5, replicas: 2, idle: 1));

        Assert.Equal(
            ["clients > gateway", "gateway > s0-sidecar ×2", "s0-sidecar ×2 > s0 ×2", "s0-sidecar ×2 > s1-sidecar ×2", "s1-sidecar ×2 > s1 ×2"],
            Edges(report).Take(5)
        );
        Assert.Equal("s5 ×2, s5-sidecar ×2", string.Join(", ", report.Idle));
    }

    /// <summary>As Kubernetes has them.</summary>
    [Fact]
    public void Names_of_services_may_have_dots()
    {
        var report = Report(Chain(5, replicas: 2).Replace("s0", "s0.shop.svc", StringComparison.Ordinal));

        Assert.Equal(
            ["gateway > s0.shop.svc-sidecar ×2", "s0.shop.svc-sidecar ×2 > s0.shop.svc ×2"],
            Edges(report).Where(static edge => edge.Contains("> s0", StringComparison.Ordinal))
        );
        Assert.Contains(report.Summary, static row => row.Name == "s0.shop.svc-sidecar × 2: retries");
    }

    [Fact]
    public void Of_many_roles_an_application_and_its_sidecar_are_one_box()
    {
        var report = Report(Chain(25, replicas: 1, idle: 1));

        Assert.Equal(
            ["clients > gateway", "gateway > s0-0", .. Enumerable.Range(0, 24).Select(static i => $"s{i}-0 > s{i + 1}-0").Order(StringComparer.Ordinal)],
            Edges(report)
        );
        Assert.Equal("s25-0", string.Join(", ", report.Idle));
        Assert.All(report.Nodes, static node => Assert.True(node.Requests > 0));
    }

    [Fact]
    public void Of_more_boxes_than_one_can_tell_apart_the_rest_is_one()
    {
        var report = Report(Chain(70, replicas: 1));

        Assert.Equal(60, report.Nodes.Length);
        var others = Assert.Single(report.Nodes, static node => node.Kind == "others");
        Assert.Equal("13 others", others.Id);
        Assert.Contains(report.Edges, edge => edge.To == others.Id);
        Assert.Contains(report.Nodes, static node => node.Id == "gateway");
    }

    [Fact]
    public void What_found_no_connection_failed_on_the_way()
    {
        var report = Report(Chain(1, replicas: 1) + "\nfaults: [{refuse: {service: s0}}]");

        var edge = Assert.Single(report.Edges, static edge => edge.From == "gateway");
        Assert.True(edge.Requests > 50);
        Assert.Equal(edge.Requests, edge.Errors);
    }

    /// <summary>A gateway and so many services, each of which calls the next, and some that nobody calls.</summary>
    private static string Chain(int services, int replicas, int idle = 0) =>
        $$"""
            name: chain
            duration: 3s
            mesh:
              gateway: {to: s0}
              policies: {timeout: 5s}
              services:
            {{string.Join('\n', Enumerable.Range(0, services + idle).Select(i => Service(i, replicas, calls: i < services - 1)))}}
            load:
              - {to: gateway, rate: 30/s}
            """;

    private static string Service(int number, int replicas, bool calls) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"    - {{name: s{number}, replicas: {replicas}, workers: 50, service_time: 1ms{(calls ? $", calls: [{{to: s{number + 1}}}]" : "")}}}"
        );

    private static ReportData Report(string text)
    {
        var scenario = ScenarioLoader.Load(text, "chain.yaml", static _ => null).Scenario!;
        return ReportBuilder.Of(scenario, LibraryRuns.Run(scenario));
    }

    private static IEnumerable<string> Edges(ReportData report) => report.Edges.Select(static edge => $"{edge.From} > {edge.To}");
}
