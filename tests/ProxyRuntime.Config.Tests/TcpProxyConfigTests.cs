using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class TcpProxyConfigTests
{
    [Fact]
    public void All_that_acts_is_taken_over()
    {
        var proxy = Load(
            """
            stat_prefix: t, weighted_clusters: {clusters: [{name: a, weight: 3}, {name: nobody, weight: 1, metadata_match: {filter_metadata: {envoy.lb: {v: "2"}}}}]},
            metadata_match: {filter_metadata: {envoy.lb: {stage: prod}}}, idle_timeout: 7s, max_connect_attempts: 4, max_downstream_connection_duration: 60s,
            hash_policy: [{source_ip: {}}], access_log: [{name: l, typed_config: {"@type": t/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog}}]
            """,
            "per_connection_buffer_limit_bytes: 4096, "
        );

        Assert.Equal(
            ("t", 7 * MonotonicTime.NanosecondsPerSecond, 4u, 60 * MonotonicTime.NanosecondsPerSecond, true, 4096),
            (
                proxy.StatPrefix,
                proxy.IdleTimeoutNs,
                proxy.MaxConnectAttempts,
                proxy.MaxDownstreamConnectionDurationNs,
                proxy.HashesSourceIp,
                proxy.BufferLimitBytes
            )
        );
        Assert.Equal([("a", 3u), ("nobody", 1u)], proxy.Clusters.Select(static cluster => (cluster.Name, cluster.Weight)));
        Assert.Equal(["stage"], proxy.Clusters[0].MetadataMatch!.Fields.Select(static field => field.Key));
        Assert.Equal(["stage", "v"], proxy.Clusters[1].MetadataMatch!.Fields.Select(static field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(AccessLogSink.Stdout, Assert.Single(proxy.AccessLogs).Sink);
    }

    [Fact]
    public void The_rest_is_Envoys_default()
    {
        var proxy = Load("stat_prefix: t, cluster: a");

        Assert.Equal(
            (3600 * MonotonicTime.NanosecondsPerSecond, 0L, 1u, false, 1024L * 1024),
            (proxy.IdleTimeoutNs, proxy.MaxDownstreamConnectionDurationNs, proxy.MaxConnectAttempts, proxy.HashesSourceIp, proxy.BufferLimitBytes)
        );
        Assert.Equal(new TcpProxyCluster("a"), Assert.Single(proxy.Clusters));
        Assert.Equal(0, Load("stat_prefix: t, cluster: a, idle_timeout: 0s").IdleTimeoutNs);
    }

    [Theory]
    [InlineData("tunneling_config: {hostname: h}", "tunneling_config")]
    [InlineData("on_demand: {}", "on_demand")]
    [InlineData("backoff_options: {base_interval: 1s}", "backoff_options")]
    [InlineData("access_log_options: {flush_access_log_on_connected: true}", "access_log_options")]
    [InlineData("max_downstream_connection_duration_jitter_percentage: {value: 50}", "max_downstream_connection_duration_jitter_percentage")]
    [InlineData("max_early_data_bytes: 10", "max_early_data_bytes")]
    [InlineData("upstream_connect_mode: ON_DOWNSTREAM_DATA", "upstream_connect_mode")]
    [InlineData("downstream_idle_timeout: 1s", "downstream_idle_timeout")]
    [InlineData("hash_policy: [{filter_state: {key: k}}]", "hash_policy[0].filter_state")]
    public void What_does_not_act_here_is_refused_where_it_stands(string field, string place)
    {
        var result = BootstrapLoader.Load(Bootstrap($"stat_prefix: t, cluster: a, {field}"), "b.yaml");
        var problem = Assert.Single(result.Problems);

        Assert.Equal($"static_resources.listeners[0].filter_chains[0].filters[0].typed_config.{place}", problem.Path);
        Assert.Contains("is not supported yet", problem.Message, StringComparison.Ordinal);
        Assert.True(result.AcceptedByEnvoy);
    }

    [Theory]
    [InlineData("stat_prefix: t", "cluster, weighted_clusters")]
    [InlineData("cluster: a", "stat_prefix")]
    [InlineData("stat_prefix: t, cluster: a, max_connect_attempts: 0", "max_connect_attempts")]
    [InlineData("stat_prefix: t, weighted_clusters: {clusters: []}", "clusters")]
    public void What_Envoy_refuses_is_refused(string proxy, string said)
    {
        var result = BootstrapLoader.Load(Bootstrap(proxy), "b.yaml");

        Assert.False(result.AcceptedByEnvoy);
        Assert.Contains(result.Problems, problem => problem.ToString().Contains(said, StringComparison.Ordinal));
    }

    private static TcpProxySnapshot Load(string proxy, string listener = "")
    {
        var result = BootstrapLoader.Load(Bootstrap(proxy.ReplaceLineEndings(" "), listener), "b.yaml");
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        return Assert.Single(result.Snapshot!.Listeners).FilterChains[0].TcpProxy!;
    }

    private static string Bootstrap(string proxy, string listener = "") =>
        $$$"""
            static_resources:
              listeners:
                - {name: main, {{{listener}}}address: {socket_address: {address: 127.0.0.1, port_value: 1}}, filter_chains: [{filters: [{name: tcp, typed_config: {
                    "@type": t/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, {{{proxy}}}
                  }}]}]}
              clusters:
                - {name: a, type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: a}}
            """;
}
