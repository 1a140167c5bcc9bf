namespace MeshSim.ProxyRuntime.Core.Tests;

public class RetryPolicyTests
{
    /// <summary>Windows are [0, base), doubling, capped: 25, 50, 100, 200, 250, 250.</summary>
    [Fact]
    public void Back_off_windows_double_up_to_the_maximum()
    {
        var max = new long[6];
        var random = new RandomStream(5);
        for (var i = 0; i < 20_000; i++)
        {
            var backOff = new BackOff(25, 250);
            for (var k = 0; k < max.Length; k++)
            {
                max[k] = Math.Max(max[k], backOff.NextMs(random));
            }
        }

        Assert.Equal([24, 49, 99, 199, 249, 249], max);
    }

    [Theory]
    [InlineData(RetryOn.FiveXx, 500, true)]
    [InlineData(RetryOn.FiveXx, 599, true)]
    [InlineData(RetryOn.FiveXx, 499, false)]
    [InlineData(RetryOn.GatewayError, 500, false)]
    [InlineData(RetryOn.GatewayError, 502, true)]
    [InlineData(RetryOn.GatewayError, 504, true)]
    [InlineData(RetryOn.Retriable4xx, 409, true)]
    [InlineData(RetryOn.Retriable4xx, 429, false)]
    [InlineData(RetryOn.RetriableStatusCodes, 418, true)]
    [InlineData(RetryOn.RetriableStatusCodes, 503, false)]
    [InlineData(RetryOn.ConnectFailure, 503, false)]
    public void Conditions_on_status(RetryOn on, int status, bool retried) =>
        Assert.Equal(retried, Retries(new RetryPolicySnapshot { RetryOn = on, RetriableStatusCodes = [418] }, Response(status)));

    [Fact]
    public void A_ratelimited_answer_is_retried_only_when_asked_for()
    {
        var response = Response(503);
        response.Add("x-envoy-ratelimited", "true");

        Assert.False(Retries(new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx }, response));
        Assert.True(Retries(new RetryPolicySnapshot { RetryOn = RetryOn.EnvoyRateLimited }, response));
    }

    [Fact]
    public void Only_a_grpc_status_in_the_headers_counts()
    {
        var response = Response(200);
        response.Add("grpc-status", "14");

        Assert.True(Retries(new RetryPolicySnapshot { RetryOn = RetryOn.GrpcUnavailable }, response));
        Assert.False(Retries(new RetryPolicySnapshot { RetryOn = RetryOn.GrpcInternal }, response));
    }

    [Theory]
    [InlineData(RetryOn.ConnectFailure, ResetReason.RemoteConnectionFailure, true)]
    [InlineData(RetryOn.ConnectFailure, ResetReason.ConnectionTimeout, true)]
    [InlineData(RetryOn.ConnectFailure, ResetReason.ConnectionTermination, false)]
    [InlineData(RetryOn.ConnectFailure, ResetReason.LocalReset, false)]
    [InlineData(RetryOn.FiveXx, ResetReason.ConnectionTermination, true)]
    [InlineData(RetryOn.GatewayError, ResetReason.LocalReset, true)]
    [InlineData(RetryOn.Reset, ResetReason.ProtocolError, true)]
    [InlineData(RetryOn.RefusedStream, ResetReason.RemoteRefusedStreamReset, true)]
    [InlineData(RetryOn.RefusedStream, ResetReason.RemoteReset, false)]
    [InlineData(RetryOn.RetriableStatusCodes, ResetReason.RemoteReset, false)]
    [InlineData(RetryOn.FiveXx, ResetReason.Overflow, false)]
    public void Conditions_on_resets(RetryOn on, ResetReason reason, bool retried) =>
        Assert.Equal(retried, Retries(new RetryPolicySnapshot { RetryOn = on }, reason, requestSent: true));

    [Fact]
    public void Reset_before_request_holds_only_while_nothing_was_sent()
    {
        var policy = new RetryPolicySnapshot { RetryOn = RetryOn.ResetBeforeRequest };

        Assert.True(Retries(policy, ResetReason.RemoteConnectionFailure, requestSent: false));
        Assert.False(Retries(policy, ResetReason.RemoteReset, requestSent: true));
    }

    [Fact]
    public void Tokens_are_trimmed_and_strangers_are_named()
    {
        Assert.Equal(RetryOn.FiveXx | RetryOn.GrpcUnavailable, RetryOnTokens.Parse(" 5xx , unavailable,nonsense", out var unknown));
        Assert.Equal(["nonsense"], unknown);
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(6, 5)]
    [InlineData(0, 5)]
    public void A_per_try_timeout_not_shorter_than_the_global_one_is_off(long globalNs, long perTryNs)
    {
        var action = new RouteAction
        {
            TimeoutNs = globalNs,
            RetryPolicy = new RetryPolicySnapshot { PerTryTimeoutNs = 5 },
        };

        Assert.Equal(perTryNs, TimeoutPolicy.Of(action, globalNs, new HeaderMap(), isGrpc: false, hedging: false, respectExpected: false).PerTryNs);
    }

    private static bool Retries(RetryPolicySnapshot policy, HeaderMap response) =>
        RetryConditions.OnHeaders(RetryRules.Of(policy, new HeaderMap())!.Value, new HeaderMap(), response) != RetryDecision.NoRetry;

    private static bool Retries(RetryPolicySnapshot policy, ResetReason reason, bool requestSent) =>
        RetryConditions.OnReset(RetryRules.Of(policy, new HeaderMap())!.Value, reason, requestSent) != RetryDecision.NoRetry;

    private static HeaderMap Response(int status)
    {
        var map = new HeaderMap();
        map.Set(HeaderName.Status, status);
        return map;
    }
}
