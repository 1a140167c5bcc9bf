using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>What others who build Envoy anew often get wrong about what a configuration leaves out, by whole requests.</summary>
public class DefaultSemanticsTests
{
    private const string Fault = "envoy.extensions.filters.http.fault.v3.HTTPFault";
    private const string LocalRateLimit = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

    /// <summary>The virtual host asks for seven retries on any 5xx; the upstream answers nothing but 503.</summary>
    [Theory]
    [InlineData("", 8)]
    [InlineData(", retry_policy: {retry_on: gateway-error}", 2)]
    [InlineData(", retry_policy: {retry_on: connect-failure}", 1)]
    [InlineData(", retry_policy: {num_retries: 3}", 1)]
    [InlineData(", retry_policy: {}", 1)]
    public void A_retry_policy_of_the_route_replaces_that_of_the_virtual_host_and_nothing_of_it_is_merged(string policy, int tries)
    {
        const string Domains = "domains: [\"*\"]";
        const string Seven = "\n                      retry_policy: {retry_on: 5xx, num_retries: 7}";
        var text = Configurations
            .Good.Replace(Domains, Domains + Seven, StringComparison.Ordinal)
            .Replace("timeout: 1s}", $"timeout: 0s{policy}}}", StringComparison.Ordinal);

        Assert.Equal(tries, Explain(BootstrapLoader.Load(text, "envoy.yaml"), status: 503).Tries.Length);
    }

    [Theory]
    [InlineData("", 200, 0)]
    [InlineData(", percentage: {numerator: 100}", 418, 2_000_000_000)]
    public void A_fault_without_a_percentage_concerns_nobody(string percentage, int status, long durationNs)
    {
        var settings = $"delay: {{fixed_delay: 2s{percentage}}}\nabort: {{http_status: 418{percentage}}}";
        var outcome = Explain(FilterConfiguration.Load(Fault, settings), status: 200).Outcome!;

        Assert.Equal((status, durationNs), (outcome.Status, outcome.DurationNs));
    }

    [Fact]
    public void A_local_rate_limit_is_for_nobody_unless_it_says_for_how_many()
    {
        const string Bucket = "stat_prefix: rl\ntoken_bucket: {max_tokens: 1, fill_interval: 60s}";
        var silent = FilterConfiguration.Settings<LocalRateLimitSettings>(FilterConfiguration.Load(LocalRateLimit, Bucket));
        var half = FilterConfiguration.Settings<LocalRateLimitSettings>(
            FilterConfiguration.Load(LocalRateLimit, Bucket + "\nfilter_enabled: {default_value: {numerator: 50}}")
        );

        Assert.Equal((FractionalPercent.Never, FractionalPercent.Never), (silent.FilterEnabled.Default, silent.FilterEnforced.Default));
        Assert.Equal((new FractionalPercent(50), FractionalPercent.Never), (half.FilterEnabled.Default, half.FilterEnforced.Default));
    }

    private static Explanation Explain(ConfigResult result, int status)
    {
        Assert.Empty(result.Problems);
        var request = ExplainRequestReader.Read("GET http://svc.test/", [], out _)!;
        return RequestExplainer.Explain(result.Snapshot!, result.Snapshot!.Listeners[0], request with { Status = status });
    }
}
