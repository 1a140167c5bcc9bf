namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a request itself may say about its retries.</summary>
public class RetryRulesTests
{
    private static readonly RetryPolicySnapshot Policy = new() { RetryOn = RetryOn.GatewayError, NumRetries = 2 };

    [Fact]
    public void Without_a_policy_and_without_headers_there_are_none()
    {
        Assert.Null(RetryRules.Of(null, Request()));
        Assert.Null(RetryRules.Of(new RetryPolicySnapshot { NumRetries = 5 }, Request(("x-envoy-max-retries", "3"))));
    }

    [Fact]
    public void Conditions_of_policy_and_headers_add_up()
    {
        var rules = RetryRules.Of(Policy, Request(("x-envoy-retry-on", "5xx, nonsense,unavailable"), ("x-envoy-retry-grpc-on", "cancelled,5xx")));

        Assert.Equal(RetryOn.GatewayError | RetryOn.FiveXx | RetryOn.GrpcCancelled, rules!.Value.On);
    }

    [Fact]
    public void A_request_may_ask_although_the_route_has_no_policy_and_gets_one_retry()
    {
        var rules = RetryRules.Of(null, Request(("x-envoy-retry-on", "5xx")));

        Assert.Equal((RetryOn.FiveXx, 1u), (rules!.Value.On, rules.Value.Limit));
    }

    [Theory]
    [InlineData("0", 0u)]
    [InlineData("7", 7u)]
    [InlineData("many", 2u)]
    [InlineData("-1", 2u)]
    public void The_number_in_the_header_replaces_the_policys(string header, uint limit) =>
        Assert.Equal(limit, RetryRules.Of(Policy, Request(("x-envoy-max-retries", header)))!.Value.Limit);

    [Fact]
    public void The_number_counts_only_where_anything_is_retried()
    {
        var picky = Policy with { RetriableRequestHeaders = [HeaderMatcher.OfPresence("x-idempotent")] };

        Assert.Equal((RetryOn.None, 2u), Parts(RetryRules.Of(picky, Request(("x-envoy-max-retries", "9")))));
        Assert.Equal((RetryOn.GatewayError, 9u), Parts(RetryRules.Of(picky, Request(("x-envoy-max-retries", "9"), ("x-idempotent", "1")))));
    }

    [Fact]
    public void Status_codes_and_header_names_can_be_added()
    {
        var policy = Policy with { RetryOn = RetryOn.RetriableStatusCodes | RetryOn.RetriableHeaders, RetriableStatusCodes = [418] };
        var rules = RetryRules
            .Of(policy, Request(("x-envoy-retriable-status-codes", "429, x,404"), ("x-envoy-retriable-header-names", "X-Again, x-more")))!
            .Value;
        var response = Request(("x-again", ""));

        Assert.Equal([true, true, true, false], ((int[])[418, 429, 404, 500]).Select(rules.HasStatus));
        Assert.True(rules.HasHeader(response));
        Assert.False(rules.HasHeader(Request(("x-agai", ""))));
    }

    [Fact]
    public void The_headers_that_steer_retries_do_not_travel_on()
    {
        string[] names =
        [
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-max-retries",
            "x-envoy-hedge-on-per-try-timeout",
            "x-envoy-retriable-header-names",
            "x-envoy-retriable-status-codes",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-upstream-stream-duration-ms",
            "x-envoy-upstream-alt-stat-name",
        ];
        var proxy = new WorkerHarness(Snapshots.Proxy(change: Snapshots.TrustsInside));
        var exchange = proxy.Ask("/", [Snapshots.Inside, .. names.Select(static name => (name, "1"))]);

        Assert.Equal("true", exchange.Sent("x-envoy-internal"));
        Assert.All(names, name => Assert.Null(exchange.Sent(name)));
    }

    [Theory]
    [InlineData("x-envoy-retry-on", "5xx,nonsense", false)]
    [InlineData("x-envoy-retry-on", "5xx", true)]
    [InlineData("x-envoy-retry-grpc-on", "5xx", false)]
    [InlineData("x-envoy-retry-grpc-on", "internal", true)]
    [InlineData("x-envoy-max-retries", "two", false)]
    [InlineData("x-envoy-upstream-rq-timeout-ms", "1s", false)]
    [InlineData("x-envoy-upstream-rq-per-try-timeout-ms", "10", true)]
    public void Values_that_cannot_be_read_are_refused_where_that_is_asked_for(string name, string value, bool accepted)
    {
        var settings = new RouterSettings { StrictCheckHeaders = [HeaderName.Of(name)] };
        var proxy = new WorkerHarness(Snapshots.Proxy(change: manager => Snapshots.TrustsInside(manager).With(settings)));
        var exchange = proxy.Ask("/", Snapshots.Inside, (name, value));

        if (accepted)
        {
            Assert.Equal("200", exchange.Got(":status"));
            return;
        }

        Assert.Equal($"reply 400 'invalid header '{name}' with value '{value}''", exchange.Lines[0]);
        Assert.Equal($"400 IH request_headers_failed_strict_check{{{name}}} attempts=0", proxy.LastLog);
        Assert.Equal("200", proxy.Ask("/", Snapshots.Inside).Got(":status"));
    }

    private static (RetryOn On, uint Limit) Parts(RetryRules? rules) => (rules!.Value.On, rules.Value.Limit);

    private static HeaderMap Request(params (string Name, string Value)[] headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }
}
