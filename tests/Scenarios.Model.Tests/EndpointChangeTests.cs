namespace MeshSim.Scenarios.Model.Tests;

/// <summary>Endpoints of clusters of type EDS in scenario files.</summary>
public class EndpointChangeTests
{
    private const string Configuration = """
        static_resources:
          listeners:
            - address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
              filter_chains: [{filters: []}]
          clusters:
            - {name: svc, type: EDS, eds_cluster_config: {eds_config: {path: /eds.yaml}}}
            - {name: fixed, load_assignment: {cluster_name: fixed}}
        """;

    private const string First = "{proxy: gateway, cluster: svc, assignment: {cluster_name: svc, endpoints: [{lb_endpoints: [HOST]}]}}";
    private const string Host = "{endpoint: {address: {socket_address: {address: 10.1.0.1, port_value: 80}}}}";

    [Fact]
    public void Changes_are_read_and_put_in_order()
    {
        var later = First.Replace("cluster: svc,", "cluster: svc, at: 5s,", StringComparison.Ordinal);
        var result = Load($"{later}, {First}");

        Assert.Empty(result.Problems);
        Assert.Equal([0, 5_000_000_000], result.Scenario!.EndpointChanges.Select(static change => change.AtNs));
        Assert.Equal("10.1.0.1", result.Scenario.EndpointChanges[0].Assignment.Endpoints[0].Address);
    }

    [Theory]
    [InlineData("proxy: gatewa, cluster: svc, assignment: {cluster_name: svc}", "endpoints[1].proxy", "unknown proxy 'gatewa'; did you mean 'gateway'?")]
    [InlineData(
        "proxy: gateway, cluster: fixed, assignment: {cluster_name: fixed}",
        "endpoints[1].cluster",
        "'fixed' is no cluster of type EDS of proxy 'gateway'"
    )]
    [InlineData("proxy: gateway, cluster: svc", "endpoints[1].assignment", "this field is required: a ClusterLoadAssignment")]
    [InlineData("proxy: gateway, cluster: svc, assignment: {}", "endpoints[1].assignment.cluster_name", "")]
    [InlineData(
        "proxy: gateway, cluster: svc, assignment: {cluster_name: x}",
        "endpoints[1].assignment.cluster_name",
        "Unexpected EDS cluster (expecting svc): x"
    )]
    [InlineData("proxy: gateway, cluster: svc, on: 5s, assignment: {cluster_name: svc}", "endpoints[1].on", "unknown field 'on'")]
    public void What_does_not_fit_is_refused_with_its_place(string change, string path, string message)
    {
        var problems = Load($"{First}, {{{change}}}").Problems;

        Assert.Contains(problems, problem => problem.Path == path && problem.Message.StartsWith(message, StringComparison.Ordinal) && problem.Line > 0);
    }

    [Fact]
    public void A_cluster_of_which_nothing_is_said_is_refused()
    {
        var problem = Assert.Single(Load("").Problems);

        Assert.Equal("cluster 'svc' of proxy 'gateway' is of type EDS: its endpoints are to be given here, with 'assignment'", problem.Message);
    }

    private static ScenarioResult Load(string changes)
    {
        var text = """
            name: demo
            duration: 30s
            proxies: [{name: gateway, config: envoy.yaml}]
            services: [{name: svc, service_time: {exponential: 20ms}}]
            load: [{to: gateway, rate: 200/s}]
            endpoints: [CHANGES]
            """;
        text = text.Replace("CHANGES", changes, StringComparison.Ordinal).Replace("HOST", Host, StringComparison.Ordinal);
        return ScenarioLoader.Load(text, "demo.yaml", static file => file == "envoy.yaml" ? Configuration : null);
    }
}
