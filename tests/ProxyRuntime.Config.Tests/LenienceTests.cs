using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What Envoy takes although it is not written the plain way, and what it does not take.</summary>
public class LenienceTests
{
    [Theory]
    [InlineData("max_connections: 7")]
    [InlineData("maxConnections: 7")]
    [InlineData("max_connections: \"7\"")]
    [InlineData("max_connections: 7.0")]
    [InlineData("max_connections: 0.7e1")]
    [InlineData("max_connections: 0x7")]
    [InlineData("max_connections: 07")]
    [InlineData("max_connections: +7")]
    public void A_number_may_be_written_in_many_ways(string text) =>
        Assert.Equal(7u, Cluster($"circuit_breakers: {{thresholds: [{{{text}}}]}}").DefaultThresholds.MaxConnections);

    [Theory]
    [InlineData("max_connections: 7.5", "expected a whole number, found '7.5'")]
    [InlineData("max_connections: -7", "'-7' is out of range; accepted is 0 to 4294967295")]
    [InlineData("max_connections: 4294967296", "'4294967296' is out of range; accepted is 0 to 4294967295")]
    [InlineData("max_connections: many", "expected a whole number, found 'many'")]
    [InlineData("max_connections: yes", "expected a whole number, found a boolean 'yes'")]
    [InlineData("max_connections: [7]", "expected a whole number, found a list")]
    [InlineData("max_connections: {value: 7}", "expected a whole number, found an object")]
    [InlineData("priority: LOW", "'LOW' is not a value of RoutingPriority; accepted: DEFAULT, HIGH")]
    [InlineData("priority: 9", "9 is not a value of RoutingPriority; accepted: DEFAULT (0), HIGH (1)")]
    [InlineData("track_remaining: \"true\"", "expected true or false, found a string 'true'")]
    [InlineData("max_pending: 7", "unknown field 'max_pending' in envoy.config.cluster.v3.CircuitBreakers.Thresholds; did you mean 'max_pending_requests'?")]
    [InlineData("max_conections: 7", "unknown field 'max_conections' in envoy.config.cluster.v3.CircuitBreakers.Thresholds; did you mean 'max_connections'?")]
    public void What_does_not_fit_is_told_with_what_would(string text, string message) =>
        Assert.StartsWith(message, Assert.Single(Load($"circuit_breakers: {{thresholds: [{{{text}}}]}}").Problems).Message);

    [Fact]
    public void One_object_stands_for_a_list_of_one() =>
        Assert.Equal(3u, Cluster("circuit_breakers: {thresholds: {max_retries: 3, max_requests: 1}}").DefaultThresholds.MaxRetries);

    [Theory]
    [InlineData("retry_budget: {}", 20.0, 3u)]
    [InlineData("retry_budget: {budget_percent: {value: 12.5}, min_retry_concurrency: 0}", 12.5, 0u)]
    public void A_retry_budget_counts_as_soon_as_it_is_there(string text, double percent, uint min)
    {
        var limits = Cluster($"circuit_breakers: {{thresholds: [{{max_retries: 9, {text}}}]}}").DefaultThresholds;

        Assert.Equal(new RetryBudgetSnapshot(percent, min), limits.RetryBudget);
    }

    [Fact]
    public void Null_is_as_if_nothing_was_written() => Assert.Equal(ClusterSnapshot.DefaultConnectTimeoutNs, Cluster("connect_timeout: ~").ConnectTimeoutNs);

    [Theory]
    [InlineData("2s", 2_000_000_000)]
    [InlineData("\"0.000000001s\"", 1)]
    [InlineData("{seconds: 1, nanos: 500000000}", 1_500_000_000)]
    [InlineData("{seconds: \"3\"}", 3_000_000_000)]
    [InlineData("315576000000s", long.MaxValue)]
    public void Durations_have_two_forms(string text, long nanoseconds) => Assert.Equal(nanoseconds, Cluster($"connect_timeout: {text}").ConnectTimeoutNs);

    [Theory]
    [InlineData("2", "expected a duration such as \"0.25s\", found '2'")]
    [InlineData("200ms", "'200ms' is not a duration")]
    [InlineData("2h", "'2h' is not a duration")]
    [InlineData("s", "'s' is not a duration")]
    [InlineData("\"0.1234567891s\"", "'0.1234567891s' has more than nine decimals")]
    [InlineData("315576000001s", "'315576000001s' is out of range")]
    [InlineData("-2s", "Invalid duration: Expected positive duration, found -2s")]
    [InlineData("{seconds: -2}", "Invalid duration: Expected positive duration, found -2s")]
    [InlineData("[2s]", "expected a duration such as \"0.25s\", found a list")]
    public void Other_forms_of_durations_are_refused(string text, string message) =>
        Assert.StartsWith(message, Assert.Single(Load($"connect_timeout: {text}").Problems).Message);

    [Fact]
    public void Members_of_a_oneof_exclude_each_other_even_when_empty()
    {
        var problem = Assert.Single(Load("ring_hash_lb_config: {}\n    maglev_lb_config: {}").Problems);

        Assert.Equal("'maglev_lb_config' and 'ring_hash_lb_config' exclude each other; one of them is accepted", problem.Message);
        Assert.Equal((4, 5, "static_resources.clusters[0].maglev_lb_config"), (problem.Line, problem.Column, problem.Path));
    }

    [Fact]
    public void A_field_in_both_spellings_stands_there_twice() =>
        Assert.Equal("'connect_timeout' stands here twice", Assert.Single(Load("connect_timeout: 1s\n    connectTimeout: 2s").Problems).Message);

    [Fact]
    public void A_free_form_object_takes_anything() =>
        Assert.Empty(Load("metadata: {filter_metadata: {envoy.lb: {a: [1, {b: ~}, 1.5, \"x\"], c: yes}}}").Problems);

    [Theory]
    [InlineData("type.googleapis.com/xds.type.v3.TypedStruct")]
    [InlineData("type.googleapis.com/udpa.type.v1.TypedStruct")]
    public void A_typed_struct_stands_for_what_it_names(string type)
    {
        var content = $"\"@type\": {type}, type_url: x/envoy.extensions.load_balancing_policies.random.v3.Random, value: {{}}";
        var cluster = Cluster($"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: r, typed_config: {{{content}}}}}}}]}}");

        Assert.Equal(LbPolicy.Random, cluster.LbPolicy);
    }

    [Fact]
    public void What_stands_inside_a_typed_struct_is_read_as_that_type()
    {
        var content = "\"@type\": x/xds.type.v3.TypedStruct, type_url: x/envoy.extensions.clusters.dns.v3.DnsCluster, value: {dns_refresh: 1s}";

        Assert.Contains(
            Load($"cluster_type: {{name: envoy.cluster.dns, typed_config: {{{content}}}}}").Problems,
            problem =>
                problem.Message.Contains("did you mean 'dns_refresh_rate'?", StringComparison.Ordinal)
                && problem.Path.EndsWith(".typed_config.value.dns_refresh", StringComparison.Ordinal)
        );
    }

    private static ConfigResult Load(string field) =>
        BootstrapLoader.Load($"static_resources:\n  clusters:\n  - {field}\n    name: a\n    type: STRICT_DNS\n", "c.yaml");

    private static ClusterSnapshot Cluster(string field)
    {
        var result = Load(field);
        Assert.Empty(result.Problems);
        return result.Snapshot!.Clusters[0];
    }
}
