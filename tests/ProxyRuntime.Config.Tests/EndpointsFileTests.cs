using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>Clusters of type EDS, and the files their endpoints stand in.</summary>
public class EndpointsFileTests
{
    private const string Host = "{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}";

    [Fact]
    public void The_configuration_says_where_the_endpoints_stand()
    {
        var built = Built("path_config_source: {path: /a/eds.yaml}");
        Assert.Equal((DiscoveryType.Eds, new EdsSnapshot("c", "/a/eds.yaml")), (built.Type, built.Eds));
        Assert.Equal("/a", built.Eds!.Folder);
        Assert.Equal((true, false), (built.Eds.IsToldBy("eds.yaml"), built.Eds.IsToldBy("eds.yaml.new")));

        var named = Built("path_config_source: {path: eds.json, watched_directory: {path: /b/}}, initial_fetch_timeout: 0s", "service_name: s, ");
        Assert.Equal(new EdsSnapshot("s", "eds.json", "/b/", 0) { GivenServiceName = "s" }, named.Eds);
        Assert.Equal(("/b", true), (named.Eds!.Folder, named.Eds.IsToldBy("..data")));

        Assert.Equal((".", "/eds.yml"), (Built("path: eds.yml").Eds!.Folder, Built("path: /eds.yml").Eds!.Path));
        Assert.Equal("/", Built("path: /eds.yml").Eds!.Folder);
    }

    [Theory]
    [InlineData("ads: {}", "'ads' is not supported yet; accepted: path_config_source", true)]
    [InlineData(
        "api_config_source: {api_type: GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: x}}]}",
        "'api_config_source' is not supported yet; accepted: path_config_source",
        true
    )]
    [InlineData("self: {}", "'self' is not supported yet; accepted: path_config_source", true)]
    [InlineData("path_config_source: {path: /eds.pb}", "a file in the form of '/eds.pb' is not read here yet; accepted: .yaml, .yml, .json", true)]
    [InlineData("path_config_source: {path: /none.yaml}", "paths must refer to an existing path in the system: '/none.yaml' does not exist", false)]
    public void Other_sources_are_refused_by_name(string source, string message, bool unsupported)
    {
        var files = new Files { ["/eds.pb"] = "" };
        const string Other = "{name: x, load_assignment: {cluster_name: x}}";
        var result = BootstrapLoader.Load($"static_resources: {{clusters: [{Other}, {Cluster(source)}]}}", "b.yaml", environment: files);

        var problem = Assert.Single(result.Problems);
        Assert.Equal((message, unsupported), (problem.Message, problem.Unsupported));
        Assert.StartsWith("static_resources.clusters[1].eds_cluster_config.eds_config", problem.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_act_is_said()
    {
        var stray = BootstrapLoader.Load("static_resources: {clusters: [{name: c, eds_cluster_config: {eds_config: {path: /p}}}]}", "b.yaml");
        Assert.Equal("eds_cluster_config set in a non-EDS cluster", Assert.Single(stray.Problems).Message);

        var cluster = Cluster("path: /p").Replace("name: c", "name: c, load_assignment: {cluster_name: c}", StringComparison.Ordinal);
        var both = BootstrapLoader.Load($"static_resources: {{clusters: [{cluster}]}}", "b.yaml");
        Assert.Contains(both.Warnings, static warning => warning.Path == "static_resources.clusters[0].load_assignment");
    }

    [Fact]
    public void A_response_with_one_assignment_is_taken()
    {
        var result = Loaded(
            Response(
                """
                cluster_name: c
                endpoints:
                  - {locality: {zone: z}, load_balancing_weight: 5, priority: 1, lb_endpoints: [HOST, {health_status: DRAINING, load_balancing_weight: 3, endpoint: {address: {socket_address: {address: "::1", port_value: 81}}}}]}
                  - {locality: {zone: b}, load_balancing_weight: 7}
                  - {load_balancing_weight: 9}
                policy: {overprovisioning_factor: 100, weighted_priority_health: true, endpoint_stale_after: 3.0005s, drop_overloads: [{category: x, drop_percentage: {numerator: 40}}]}
                """.Replace("HOST", Host, StringComparison.Ordinal)
            )
        );

        Assert.Equal([], result.Problems.Concat(result.Warnings).Select(static problem => problem.ToString()));
        var assignment = result.Answer.Assignment!;
        Assert.Equal((EndpointsOutcome.Accepted, "7"), (result.Answer.Outcome, result.Answer.Version));
        Assert.Equal(["10.0.0.1:80/1/1/Unknown/z", "::1:81/1/3/Draining/z"], assignment.Endpoints.Select(Shown));
        Assert.Equal(["1/z/5", "0/b/7"], assignment.LocalityWeights.Select(static entry => $"{entry.Priority}/{entry.Locality.Zone}/{entry.Weight}"));
        Assert.Equal(
            new EndpointPolicy
            {
                OverprovisioningFactor = 100,
                WeightedPriorityHealth = true,
                DropOverload = 0.4f,
            },
            assignment.Policy
        );
        Assert.Equal(3_000_000_000, assignment.StaleAfterNs);
    }

    [Fact]
    public void Json_is_read_as_well()
    {
        const string Text =
            """{"version_info": "1", "resources": [{"@type": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", "clusterName": "c"}]}""";

        Assert.Empty(Loaded(Text, "/eds.json").Answer.Assignment!.Endpoints);
    }

    [Fact]
    public void No_resource_is_no_refusal()
    {
        var found = Loaded("version_info: '3'");

        Assert.Equal((EndpointsOutcome.Empty, "3", 0), (found.Answer.Outcome, found.Answer.Version, found.Problems.Length));
    }

    [Theory]
    [InlineData("cluster_name: d", "resources[0].cluster_name: Unexpected EDS cluster (expecting c): d")]
    [InlineData("cluster_name: c\nnames: 1", "resources[0].names: unknown field 'names'")]
    [InlineData("cluster_name: c\nendpoints: [{priority: 129}]", "resources[0].endpoints[0].priority:")]
    [InlineData("cluster_name: c\npolicy: {drop_overloads: [{category: x, drop_percentage: {numerator: 101}}]}", "The valid range is 0~1.")]
    [InlineData(
        "cluster_name: c\nendpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: svc.local, port_value: 80}}}}]}]",
        "malformed IP address: svc.local"
    )]
    [InlineData("cluster_name: c\nendpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: /x}}}}]}]", "'pipe' is not supported yet")]
    public void What_may_not_stand_there_is_refused_with_its_place(string assignment, string expected)
    {
        var result = Loaded(Response(assignment));

        Assert.Equal(EndpointsOutcome.Rejected, result.Answer.Outcome);
        var problem = Assert.Single(result.Problems);
        Assert.Equal("/eds.yaml", problem.File);
        Assert.Contains(expected, $"{problem.Path}: {problem.Message}", StringComparison.Ordinal);
        Assert.InRange(problem.Line, 4, 5);
    }

    [Fact]
    public void More_than_one_resource_and_resources_of_another_type_are_refused()
    {
        var one = Response("cluster_name: c");
        var two = Loaded(one + one[one.IndexOf("  -", StringComparison.Ordinal)..]);
        Assert.StartsWith("Unexpected EDS resource length: 2", Assert.Single(two.Problems).Message, StringComparison.Ordinal);

        var other = Loaded("resources: [{'@type': type.googleapis.com/envoy.config.cluster.v3.Cluster, name: c}]");
        Assert.Equal((EndpointsOutcome.Rejected, "resources[0]"), (other.Answer.Outcome, Assert.Single(other.Problems).Path));
    }

    [Fact]
    public void What_cannot_be_read_is_a_failure()
    {
        Assert.Equal(EndpointsOutcome.Failed, Loaded("resources: [").Answer.Outcome);
        var cluster = Built("path: /none.yaml");
        var missing = EndpointsFile.Read(new ProxySnapshot(), cluster, new Files());
        Assert.Equal((EndpointsOutcome.Failed, "/none.yaml"), (missing.Answer.Outcome, Assert.Single(missing.Problems).File));
    }

    [Fact]
    public void The_cluster_of_the_proxy_itself_has_one_priority()
    {
        var text = Response("cluster_name: c\nendpoints: [{priority: 1}]");
        Assert.Empty(Loaded(text).Problems);

        var result = Loaded(text, snapshot: new ProxySnapshot { LocalCluster = "c" });
        Assert.Equal("Unexpected non-zero priority for local cluster 'c'.", Assert.Single(result.Problems).Message);
    }

    [Fact]
    public void Policies_that_hash_bound_the_sums_of_weights()
    {
        const string Heavy = "{load_balancing_weight: 4294967295, endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}";
        var text = Response($"cluster_name: c\nendpoints: [{{locality: {{zone: z}}, lb_endpoints: [{Heavy}, {Host}]}}]");
        Assert.Empty(Loaded(text).Problems);

        var result = EndpointsFile.Load(new ProxySnapshot(), Built("path: /eds.yaml", more: ", lb_policy: MAGLEV"), text);
        Assert.Equal("The sum of weights of all upstream hosts in a locality exceeds 4294967295", Assert.Single(result.Problems).Message);
    }

    /// <summary>Who asks once gets the endpoints as they are.</summary>
    [Fact]
    public void Settled_clusters_have_the_endpoints_of_their_files()
    {
        var files = new Files { ["/eds.yaml"] = Response($"cluster_name: c\nendpoints: [{{lb_endpoints: [{Host}]}}]"), ["/bad.yaml"] = "x: 1" };
        var snapshot = new ProxySnapshot { Clusters = [Built("path: /eds.yaml"), Built("path: /bad.yaml")] };
        var settled = SettledEndpoints.Of(snapshot, files, out var found);

        Assert.Equal(
            [(DiscoveryType.Static, 1), (DiscoveryType.Static, 0)],
            settled.Clusters.Select(static cluster => (cluster.Type, cluster.Endpoints.Length))
        );
        Assert.Equal("/bad.yaml", Assert.Single(found).File);
    }

    private static string Shown(EndpointSnapshot at) => $"{at.Address}:{at.Port}/{at.Priority}/{at.Weight}/{at.Health}/{at.Locality.Zone}";

    private static string Cluster(string source, string eds = "", string more = "") =>
        $"{{name: c, type: EDS, eds_cluster_config: {{{eds}eds_config: {{{source}, resource_api_version: V3}}}}{more}}}";

    private static ClusterSnapshot Built(string source, string eds = "", string more = "")
    {
        var result = BootstrapLoader.Load($"static_resources: {{clusters: [{Cluster(source, eds, more)}]}}", "b.yaml");
        Assert.Equal([], result.Problems.Concat(result.Warnings).Select(static problem => problem.ToString()));
        return result.Snapshot!.Clusters[0];
    }

    /// <summary>Version 7 with one assignment, whose lines are indented.</summary>
    private static string Response(string assignment)
    {
        const string Begin = "version_info: '7'\nresources:\n";
        const string Type = "  - '@type': type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment\n    ";
        return $"{Begin}{Type}{assignment.Replace("\n", "\n    ", StringComparison.Ordinal)}\n";
    }

    private static EndpointsResult Loaded(string text, string path = "/eds.yaml", ProxySnapshot? snapshot = null) =>
        EndpointsFile.Load(snapshot ?? new ProxySnapshot(), Built($"path: {path}"), text);

    private sealed class Files : ConfigEnvironment
    {
        private readonly Dictionary<string, string> contents = new(StringComparer.Ordinal);

        public string this[string path]
        {
            set => contents[path] = value;
        }

        public override byte[]? ReadFile(string path, long maxBytes, out string? error)
        {
            error = contents.ContainsKey(path) ? null : "there is no such file";
            return error is null ? Encoding.UTF8.GetBytes(contents[path]) : null;
        }

        public override string? ReadVariable(string name, out string? error)
        {
            error = "none";
            return null;
        }
    }
}
