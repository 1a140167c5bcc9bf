using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class LoadBalancingTests
{
    private const string Policies = "type.googleapis.com/envoy.extensions.load_balancing_policies.";

    [Theory]
    [InlineData("lb_policy: LEAST_REQUEST", 2, false, 1)]
    [InlineData(
        "lb_policy: LEAST_REQUEST, least_request_lb_config: {choice_count: 5, active_request_bias: {default_value: 0.5, runtime_key: k}}",
        5,
        false,
        0.5
    )]
    [InlineData("lb_policy: LEAST_REQUEST, least_request_lb_config: {active_request_bias: {default_value: -3, runtime_key: k}}", 2, false, 1)]
    public void Least_request_as_a_cluster_says_it(string text, uint choices, bool fullScan, double bias) =>
        Assert.Equal(new LeastRequestPolicy(choices, fullScan, bias), Load(text).Policy);

    [Theory]
    [InlineData("choice_count: 3", 3, false)]
    [InlineData("enable_full_scan: true", 2, true)]
    [InlineData("selection_method: FULL_SCAN", 2, true)]
    [InlineData("selection_method: FULL_SCAN, enable_full_scan: false", 2, false)]
    public void Least_request_as_an_extension(string text, uint choices, bool fullScan) =>
        Assert.Equal(new LeastRequestPolicy(choices, fullScan), Extension("least_request.v3.LeastRequest", text).Policy);

    [Fact]
    public void Slow_start_has_defaults_and_a_window()
    {
        const string full = "slow_start_config: {slow_start_window: 60s, aggression: {default_value: 2, runtime_key: k}, min_weight_percent: {value: 35}}";

        Assert.Equal(new RoundRobinPolicy(new SlowStartSnapshot(60_000_000_000, 2, 0.35)), Load($"round_robin_lb_config: {{{full}}}").Policy);
        Assert.Equal(
            new RoundRobinPolicy(new SlowStartSnapshot(1_000_000_000)),
            Extension("round_robin.v3.RoundRobin", "slow_start_config: {slow_start_window: 1s}").Policy
        );
        Assert.Equal(new RoundRobinPolicy(), Load("round_robin_lb_config: {}").Policy);
    }

    [Fact]
    public void Hash_policies_take_their_sizes_and_how_hosts_are_known()
    {
        const string common = "common_lb_config: {consistent_hashing_lb_config: {use_hostname_for_hashing: true, hash_balance_factor: 120}}";

        Assert.Equal(new RingHashPolicy(), Load("lb_policy: RING_HASH").Policy);
        Assert.Equal(
            new RingHashPolicy(7, 9, Murmur: true, UseHostname: true, BalanceFactor: 120),
            Load($"lb_policy: RING_HASH, ring_hash_lb_config: {{minimum_ring_size: 7, maximum_ring_size: 9, hash_function: MURMUR_HASH_2}}, {common}").Policy
        );
        Assert.Equal(
            new MaglevPolicy(101, UseHostname: true, BalanceFactor: 120),
            Load($"lb_policy: MAGLEV, maglev_lb_config: {{table_size: 101}}, {common}").Policy
        );
        Assert.Equal(
            new RingHashPolicy(7, UseHostname: true, BalanceFactor: 150),
            Extension("ring_hash.v3.RingHash", "minimum_ring_size: 7, use_hostname_for_hashing: true, hash_balance_factor: 150").Policy
        );
        Assert.Equal(
            new MaglevPolicy(UseHostname: true, BalanceFactor: 110),
            Extension("maglev.v3.Maglev", "consistent_hashing_lb_config: {use_hostname_for_hashing: true, hash_balance_factor: 110}").Policy
        );
    }

    [Fact]
    public void Localities_are_balanced_by_zone_unless_by_weight()
    {
        Assert.Equal(new ZoneAwareBalancing(), Load("").Localities);
        Assert.Equal(new LocalityWeightedBalancing(), Load("common_lb_config: {locality_weighted_lb_config: {}}").Localities);
        Assert.Equal(
            new ZoneAwareBalancing
            {
                RoutingEnabledPercent = 40,
                MinClusterSize = 3,
                FailTrafficOnPanic = true,
            },
            Load("common_lb_config: {zone_aware_lb_config: {routing_enabled: {value: 40}, min_cluster_size: 3, fail_traffic_on_panic: true}}").Localities
        );
        Assert.Equal(
            new ZoneAwareBalancing { ForceLocalZoneMinSize = 2, ByWeight = true },
            Extension(
                "random.v3.Random",
                "locality_lb_config: {zone_aware_lb_config: {force_local_zone: {min_size: 2}, locality_basis: HEALTHY_HOSTS_WEIGHT}}"
            ).Localities
        );
        Assert.Equal(new LocalityWeightedBalancing(), Extension("maglev.v3.Maglev", "locality_weighted_lb_config: {}").Localities);
    }

    [Fact]
    public void Weighted_localities_wrap_another_policy()
    {
        var inner = $"{{policies: [{{typed_extension_config: {{name: i, typed_config: {{\"@type\": {Policies}least_request.v3.LeastRequest}}}}}}]}}";
        var built = Extension("wrr_locality.v3.WrrLocality", $"endpoint_picking_policy: {inner}");

        Assert.Equal((new LeastRequestPolicy(), new LocalityWeightedBalancing()), (built.Policy, built.Localities));
    }

    /// <summary>Twenty-nine hundredths times a hundred is a little less than 29.</summary>
    [Theory]
    [InlineData("", 50)]
    [InlineData("common_lb_config: {healthy_panic_threshold: {value: 0}}", 0)]
    [InlineData("common_lb_config: {healthy_panic_threshold: {value: 30.9}}", 30)]
    [InlineData("common_lb_config: {healthy_panic_threshold: {value: 29}}", 28)]
    public void The_panic_threshold_is_cut_as_Envoy_cuts_it(string text, uint threshold) => Assert.Equal(threshold, Load(text).HealthyPanicThreshold);

    [Fact]
    public void The_assignment_says_how_health_is_measured()
    {
        const string Text =
            "static_resources: {clusters: [{name: c, load_assignment: {cluster_name: c, policy: {overprovisioning_factor: 100, weighted_priority_health: true}}}]}";
        var built = BootstrapLoader.Load(Text, "lb.yaml").Snapshot!.Clusters[0];

        Assert.Equal(new EndpointPolicy { OverprovisioningFactor = 100, WeightedPriorityHealth = true }, built.Policy);
    }

    private static LoadBalancingSnapshot Extension(string type, string text) =>
        Load($"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: p, typed_config: {{\"@type\": {Policies}{type}, {text}}}}}}}]}}");

    private static LoadBalancingSnapshot Load(string text)
    {
        var assignment = text.Contains("load_assignment", StringComparison.Ordinal) ? "" : "load_assignment: {cluster_name: c}, ";
        var result = BootstrapLoader.Load($"static_resources: {{clusters: [{{name: c, {assignment}{text}}}]}}", "lb.yaml");
        Assert.Equal([], result.Problems.Select(static problem => problem.Message));
        return Assert.Single(result.Snapshot!.Clusters).LoadBalancing;
    }
}
