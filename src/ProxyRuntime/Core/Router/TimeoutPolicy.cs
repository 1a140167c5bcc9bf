using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The timeouts that hold for one request, and the hint the upstream gets of them.</summary>
/// <param name="GlobalNs">All attempts together, from the end of the request; 0 = none.</param>
/// <param name="PerTryNs">Each attempt, from the moment it has a connection; 0 = none.</param>
/// <param name="PerTryIdleNs">Each attempt, without any part of a response; 0 = none.</param>
/// <param name="Hedging">The upstream may use the whole timeout: a per-try timeout does not end an attempt.</param>
/// <param name="WritesGrpcTimeout">The hint is written as grpc-timeout too.</param>
internal readonly record struct TimeoutPolicy(long GlobalNs, long PerTryNs, long PerTryIdleNs, bool Hedging, bool WritesGrpcTimeout)
{
    /// <summary>
    /// Settles the timeouts from the route and from what the request says, whose headers are taken away where they do not travel on.
    /// A per-try timeout that is not shorter than the global one is switched off.
    /// </summary>
    /// <param name="timeoutNs">The timeout of the route, or of the proxy's own request.</param>
    public static TimeoutPolicy Of(RouteAction route, long timeoutNs, HeaderMap request, bool isGrpc, bool hedging, bool respectExpected)
    {
        var byGrpc = isGrpc && route.MaxGrpcTimeoutNs is not null && route.MaxStreamDuration is null;
        var globalNs =
            route.MaxStreamDuration is not null ? 0
            : byGrpc ? FromGrpcHeader(route, request)
            : timeoutNs;
        if (respectExpected && request.TryGet(HeaderName.XEnvoyExpectedRqTimeoutMs, out var expected))
        {
            globalNs = Milliseconds(expected) ?? globalNs;
        }
        else if (request.TryGet(HeaderName.XEnvoyUpstreamRqTimeoutMs, out var asked))
        {
            globalNs = Milliseconds(asked) ?? globalNs;
            _ = request.Remove(HeaderName.XEnvoyUpstreamRqTimeoutMs);
        }

        var perTryNs = route.RetryPolicy?.PerTryTimeoutNs ?? 0;
        if (request.TryGet(HeaderName.XEnvoyUpstreamRqPerTryTimeoutMs, out var perTry))
        {
            perTryNs = Milliseconds(perTry) ?? perTryNs;
            _ = request.Remove(HeaderName.XEnvoyUpstreamRqPerTryTimeoutMs);
        }

        perTryNs = globalNs != 0 && perTryNs >= globalNs ? 0 : perTryNs;
        return new TimeoutPolicy(globalNs, perTryNs, route.RetryPolicy?.PerTryIdleTimeoutNs ?? 0, hedging, byGrpc);
    }

    /// <summary>Writes x-envoy-expected-rq-timeout-ms: what is left of the timeout of this attempt, at least 1 ms.</summary>
    /// <param name="elapsedMs">Milliseconds since the request was complete; 0 for the first attempt.</param>
    /// <param name="expectedHeader">False with suppress_envoy_headers.</param>
    public void WriteHint(HeaderMap request, long elapsedMs, bool expectedHeader)
    {
        var globalMs = GlobalNs / MonotonicTime.NanosecondsPerMillisecond;
        var expectedMs = PerTryNs / MonotonicTime.NanosecondsPerMillisecond;
        expectedMs = Hedging || expectedMs == 0 ? globalMs : expectedMs;
        if (expectedMs <= 0)
        {
            return;
        }

        if (globalMs > 0)
        {
            expectedMs = elapsedMs >= globalMs ? 1 : Math.Min(expectedMs, globalMs - elapsedMs);
        }

        if (expectedHeader)
        {
            request.Set(HeaderName.XEnvoyExpectedRqTimeoutMs, expectedMs);
        }

        if (WritesGrpcTimeout)
        {
            GrpcMessages.WriteTimeout(request, expectedMs);
        }
    }

    /// <summary>grpc-timeout less the offset, if that leaves something, and not above max_grpc_timeout; 0 is without bound in both.</summary>
    private static long FromGrpcHeader(RouteAction route, HeaderMap request)
    {
        var timeoutNs = MonotonicTime.DurationNs((ulong)(GrpcMessages.TimeoutMs(request) ?? 0));
        timeoutNs -= route.GrpcTimeoutOffsetNs < timeoutNs ? route.GrpcTimeoutOffsetNs : 0;
        var maxNs = route.MaxGrpcTimeoutNs!.Value;
        return maxNs != 0 && (timeoutNs == 0 || timeoutNs > maxNs) ? maxNs : timeoutNs;
    }

    /// <summary>A number of milliseconds as nanoseconds; null for anything else, which is ignored.</summary>
    private static long? Milliseconds(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out ulong ms, out var used) && used == text.Length ? MonotonicTime.DurationNs(ms) : null;
}
