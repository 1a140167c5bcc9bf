using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

public class SubsetTests
{
    private const string Selectors =
        "subset_selectors: [{keys: [v, a], fallback_policy: KEYS_SUBSET, fallback_keys_subset: [v], single_host_per_subset: true}, {keys: []}, {keys: [z]}]";
    private const string Rest =
        "fallback_policy: DEFAULT_SUBSET, default_subset: {v: '1'}, locality_weight_aware: true, scale_locality_weight: true, panic_mode_any: true, list_as_any: true, metadata_fallback_policy: FALLBACK_LIST";

    [Theory]
    [InlineData("lb_policy: RANDOM, lb_subset_config: {" + Selectors + ", " + Rest + "}")]
    [InlineData(
        "load_balancing_policy: {policies: [{typed_extension_config: {name: s, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.subset.v3.Subset, "
            + Selectors
            + ", "
            + Rest
            + ", subset_lb_policy: {policies: [{typed_extension_config: {name: r, typed_config: {'@type': type.googleapis.com/envoy.extensions.load_balancing_policies.random.v3.Random}}}]}}}}]}"
    )]
    public void Subsets_mean_the_same_in_a_cluster_and_as_a_policy(string text)
    {
        var built = Load(text);
        var subsets = built.Subsets!;

        Assert.Equal(new RandomPolicy(), built.Policy);
        Assert.Equal(["a v", "z"], subsets.Selectors.Select(static selector => string.Join(' ', selector.Keys)));
        Assert.Equal(
            (SubsetFallback.KeysSubset, "v", true),
            (subsets.Selectors[0].Fallback, subsets.Selectors[0].FallbackKeys.Single(), subsets.Selectors[0].SingleHostPerSubset)
        );
        Assert.Equal(SubsetFallback.NotDefined, subsets.Selectors[1].Fallback);
        Assert.Equal(SubsetFallback.DefaultSubset, subsets.Fallback);
        Assert.Equal("{\"v\":\"1\"}", subsets.DefaultSubset.ToString());
        Assert.True(
            subsets
                is { FallbackList: true, PanicModeAny: true, LocalityWeightAware: true, ScaleLocalityWeight: true, ListAsAny: true, AllowRedundantKeys: false }
        );
    }

    [Fact]
    public void Without_selectors_a_cluster_has_no_subsets() => Assert.Null(Load("lb_subset_config: {fallback_policy: ANY_ENDPOINT}").Subsets);

    [Fact]
    public void With_redundant_keys_selectors_with_more_keys_are_tried_first()
    {
        const string Policy = "type.googleapis.com/envoy.extensions.load_balancing_policies.";
        var subsets = Load(
            $"load_balancing_policy: {{policies: [{{typed_extension_config: {{name: s, typed_config: {{'@type': {Policy}subset.v3.Subset, allow_redundant_keys: true, subset_selectors: [{{keys: [a]}}, {{keys: [b, a]}}, {{keys: [c]}}], subset_lb_policy: {{policies: [{{typed_extension_config: {{name: r, typed_config: {{'@type': {Policy}maglev.v3.Maglev}}}}}}]}}}}}}}}]}}"
        ).Subsets!;

        Assert.True(subsets.AllowRedundantKeys);
        Assert.Equal(["a b", "a", "c"], subsets.Selectors.Select(static selector => string.Join(' ', selector.Keys)));
    }

    [Theory]
    [InlineData("fallback_policy: ANY_ENDPOINT, fallback_keys_subset: [v]", "fallback_keys_subset can be set only for KEYS_SUBSET fallback_policy")]
    [InlineData("fallback_policy: KEYS_SUBSET", "fallback_keys_subset cannot be empty")]
    [InlineData("fallback_policy: KEYS_SUBSET, fallback_keys_subset: [w]", "fallback_keys_subset must be a subset of selector keys")]
    [InlineData("fallback_policy: KEYS_SUBSET, fallback_keys_subset: [v]", "fallback_keys_subset cannot be equal to keys")]
    public void Wrong_fallback_keys_are_refused_with_their_place(string selector, string message)
    {
        var problem = Assert.Single(BootstrapLoader.Load(Bootstrap($"lb_subset_config: {{subset_selectors: [{{keys: [v], {selector}}}]}}"), "b.yaml").Problems);

        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains("subset_selectors[0]", problem.ToString(), StringComparison.Ordinal);
    }

    private static LoadBalancingSnapshot Load(string text)
    {
        var result = BootstrapLoader.Load(Bootstrap(text), "b.yaml");
        Assert.Empty(result.Problems);
        return Assert.Single(result.Snapshot!.Clusters).LoadBalancing;
    }

    private static string Bootstrap(string text) => $"static_resources: {{clusters: [{{name: c, connect_timeout: 1s, {text}}}]}}";
}
