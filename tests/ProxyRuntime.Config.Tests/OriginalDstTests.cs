using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class OriginalDstTests
{
    [Fact]
    public void Where_requests_say_their_host()
    {
        var built = Load(
            "lb_policy: CLUSTER_PROVIDED, cleanup_interval: 7s, original_dst_lb_config: {use_http_header: true, upstream_port_override: 81, metadata_key: {key: ns, path: [{key: a}, {key: b}]}}"
        ).OriginalDst;

        Assert.Equal("x-envoy-original-dst-host", built.Header!.ToString());
        Assert.Equal(
            ("ns", "a b", 81, 7_000_000_000),
            (built.MetadataKey, string.Join(' ', built.MetadataPath), built.PortOverride!.Value, built.CleanupIntervalNs)
        );
        Assert.Equal(
            "x-to",
            Load("lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: {use_http_header: true, http_header_name: x-to}").OriginalDst.Header!.ToString()
        );
    }

    [Fact]
    public void By_default_nowhere()
    {
        var cluster = Load("lb_policy: CLUSTER_PROVIDED");

        Assert.Equal((DiscoveryType.OriginalDst, new ClusterProvidedPolicy()), (cluster.Type, cluster.LoadBalancing.Policy));
        Assert.Equal((null, "", 5_000_000_000), (cluster.OriginalDst.Header, cluster.OriginalDst.MetadataKey, cluster.OriginalDst.CleanupIntervalNs));
    }

    [Theory]
    [InlineData("lb_policy: RANDOM", "lb_policy", "cluster: LB policy RANDOM is not valid for Cluster type ORIGINAL_DST. Only 'CLUSTER_PROVIDED' is allowed")]
    [InlineData(
        "lb_policy: CLUSTER_PROVIDED, load_assignment: {cluster_name: c}",
        "load_assignment",
        "ORIGINAL_DST clusters must have no load assignment configured"
    )]
    [InlineData("lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: {http_header_name: x}", "http_header_name", "Set use_http_header to true")]
    [InlineData(
        "lb_policy: CLUSTER_PROVIDED, lb_subset_config: {subset_selectors: [{keys: [v]}]}",
        "subset_selectors",
        "cannot be combined with lb_subset_config"
    )]
    public void What_Envoy_refuses_is_refused_with_its_place(string text, string place, string message)
    {
        var problem = Assert.Single(BootstrapLoader.Load(Bootstrap(text), "b.yaml").Problems);

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(place, problem.ToString(), StringComparison.Ordinal);
    }

    private static ClusterSnapshot Load(string text)
    {
        var result = BootstrapLoader.Load(Bootstrap(text), "b.yaml");
        Assert.Empty(result.Problems);
        return Assert.Single(result.Snapshot!.Clusters);
    }

    private static string Bootstrap(string text) => $"static_resources: {{clusters: [{{name: c, type: ORIGINAL_DST, {text}}}]}}";
}
