namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which outcomes a retry policy covers, without counts and limits.</summary>
public class RetryConditionsTests
{
    [Theory]
    [InlineData(RetryOn.FiveXx, 500, true)]
    [InlineData(RetryOn.FiveXx, 599, true)]
    [InlineData(RetryOn.FiveXx, 499, false)]
    [InlineData(RetryOn.FiveXx, 600, false)]
    [InlineData(RetryOn.GatewayError, 500, false)]
    [InlineData(RetryOn.GatewayError, 501, false)]
    [InlineData(RetryOn.GatewayError, 502, true)]
    [InlineData(RetryOn.GatewayError, 503, true)]
    [InlineData(RetryOn.GatewayError, 504, true)]
    [InlineData(RetryOn.GatewayError, 505, false)]
    [InlineData(RetryOn.Retriable4xx, 408, false)]
    [InlineData(RetryOn.Retriable4xx, 409, true)]
    [InlineData(RetryOn.Retriable4xx, 429, false)]
    [InlineData(RetryOn.RetriableStatusCodes, 418, true)]
    [InlineData(RetryOn.RetriableStatusCodes, 503, false)]
    [InlineData(RetryOn.FiveXx, 418, false)]
    [InlineData(RetryOn.ConnectFailure, 503, false)]
    [InlineData(RetryOn.Reset, 503, false)]
    [InlineData(RetryOn.RefusedStream, 503, false)]
    [InlineData(RetryOn.EnvoyRateLimited, 503, false)]
    public void Conditions_on_status(RetryOn on, int status, bool retried) =>
        Assert.Equal(retried, OnHeaders(new RetryPolicySnapshot { RetryOn = on, RetriableStatusCodes = [418] }, Response(status)) != RetryDecision.NoRetry);

    [Theory]
    [InlineData(RetryOn.GrpcCancelled, 1)]
    [InlineData(RetryOn.GrpcDeadlineExceeded, 4)]
    [InlineData(RetryOn.GrpcResourceExhausted, 8)]
    [InlineData(RetryOn.GrpcInternal, 13)]
    [InlineData(RetryOn.GrpcUnavailable, 14)]
    public void Each_grpc_condition_covers_one_status_in_the_headers(RetryOn on, int status)
    {
        for (var other = 0; other <= 16; other++)
        {
            var response = Response(200);
            response.Add("grpc-status", other.ToString(System.Globalization.CultureInfo.InvariantCulture));

            Assert.Equal(other == status, OnHeaders(new RetryPolicySnapshot { RetryOn = on }, response) != RetryDecision.NoRetry);
        }
    }

    [Fact]
    public void A_grpc_status_that_is_none_or_missing_is_not_retried()
    {
        var policy = new RetryPolicySnapshot { RetryOn = RetryOn.GrpcUnavailable | RetryOn.GrpcInternal };
        var response = Response(200);

        Assert.Equal(RetryDecision.NoRetry, OnHeaders(policy, response));
        response.Add("grpc-status", "fourteen");
        Assert.Equal(RetryDecision.NoRetry, OnHeaders(policy, response));
    }

    [Fact]
    public void A_ratelimited_answer_is_retried_only_when_asked_for_whatever_its_status()
    {
        var response = Response(503);
        response.Add("x-envoy-ratelimited", "anything");
        var everything = RetryOn.FiveXx | RetryOn.GatewayError | RetryOn.RetriableHeaders;

        Assert.Equal(RetryDecision.NoRetry, OnHeaders(new RetryPolicySnapshot { RetryOn = everything }, response));
        Assert.Equal(RetryDecision.RetryWithBackoff, OnHeaders(new RetryPolicySnapshot { RetryOn = RetryOn.EnvoyRateLimited }, response));
    }

    [Fact]
    public void Too_early_is_retried_at_once_unless_the_request_itself_came_early()
    {
        var policy = new RetryPolicySnapshot { RetryOn = RetryOn.RetriableStatusCodes, RetriableStatusCodes = [425] };
        var early = new HeaderMap();
        early.Add("early-data", "1");

        Assert.Equal(RetryDecision.RetryImmediately, OnHeaders(policy, Response(425)));
        Assert.Equal(RetryDecision.NoRetry, OnHeaders(policy, Response(425), early));
    }

    [Fact]
    public void Headers_of_the_response_can_ask_for_a_retry()
    {
        var policy = new RetryPolicySnapshot
        {
            RetryOn = RetryOn.RetriableHeaders,
            RetriableHeaders = [HeaderMatcher.OfText("x-again", StringMatcher.Of(StringMatch.Exact, "yes"))],
        };
        var response = Response(200);
        response.Add("x-again", "no");
        Assert.Equal(RetryDecision.NoRetry, OnHeaders(policy, response));

        response.Add("x-again", "yes");
        Assert.Equal(RetryDecision.RetryWithBackoff, OnHeaders(policy, response));
        Assert.Equal(RetryDecision.NoRetry, OnHeaders(policy with { RetryOn = RetryOn.FiveXx }, response));
    }

    [Theory]
    [InlineData(RetryOn.ConnectFailure, "LocalConnectionFailure,RemoteConnectionFailure,ConnectionTimeout")]
    [InlineData(RetryOn.RefusedStream, "RemoteRefusedStreamReset")]
    [InlineData(RetryOn.Reset, "all")]
    [InlineData(RetryOn.FiveXx, "all")]
    [InlineData(RetryOn.GatewayError, "all")]
    [InlineData(RetryOn.ResetBeforeRequest, "")]
    [InlineData(RetryOn.RetriableStatusCodes | RetryOn.RetriableHeaders | RetryOn.Retriable4xx | RetryOn.EnvoyRateLimited | RetryOn.GrpcUnavailable, "")]
    public void Conditions_on_resets(RetryOn on, string reasons)
    {
        ResetReason[] all = [.. Enum.GetValues<ResetReason>().Where(static reason => reason != ResetReason.None)];
        var expected = all.Where(reason => reasons == "all" ? reason != ResetReason.Overflow : reasons.Split(',').Contains(reason.ToString()));

        Assert.Equal(expected, all.Where(reason => OnReset(on, reason, requestSent: true) != RetryDecision.NoRetry));
    }

    [Fact]
    public void Reset_before_request_holds_while_nothing_was_sent_but_never_for_an_overflow()
    {
        Assert.Equal(RetryDecision.RetryWithBackoff, OnReset(RetryOn.ResetBeforeRequest, ResetReason.RemoteReset, requestSent: false));
        Assert.Equal(RetryDecision.RetryWithBackoff, OnReset(RetryOn.ResetBeforeRequest, ResetReason.ConnectionTimeout, requestSent: false));
        Assert.Equal(RetryDecision.NoRetry, OnReset(RetryOn.ResetBeforeRequest, ResetReason.Overflow, requestSent: false));
    }

    [Fact]
    public void Tokens_are_trimmed_and_strangers_are_named()
    {
        Assert.Equal(RetryOn.FiveXx | RetryOn.GrpcUnavailable, RetryOnTokens.Parse(" 5xx , unavailable,nonsense", out var unknown));
        Assert.Equal(["nonsense"], unknown);
        Assert.Equal(16, RetryOnTokens.Known.Count());
        foreach (var token in RetryOnTokens.Known)
        {
            Assert.NotEqual(RetryOn.None, RetryOnTokens.Parse(token, out _));
        }
    }

    private static RetryDecision OnHeaders(RetryPolicySnapshot policy, HeaderMap response, HeaderMap? request = null) =>
        RetryConditions.OnHeaders(RetryRules.Of(policy, new HeaderMap())!.Value, request ?? new HeaderMap(), response);

    private static RetryDecision OnReset(RetryOn on, ResetReason reason, bool requestSent) =>
        RetryConditions.OnReset(RetryRules.Of(new RetryPolicySnapshot { RetryOn = on }, new HeaderMap())!.Value, reason, requestSent);

    private static HeaderMap Response(int status)
    {
        var map = new HeaderMap();
        map.Set(HeaderName.Status, status);
        return map;
    }
}
