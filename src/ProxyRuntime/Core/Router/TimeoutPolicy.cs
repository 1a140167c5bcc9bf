namespace MeshSim.ProxyRuntime.Core;

/// <summary>The timeouts that hold for one request, and the hint the upstream gets of them.</summary>
/// <param name="GlobalNs">All attempts together, from the end of the request; 0 = none.</param>
/// <param name="PerTryNs">Each attempt, from the moment it has a connection; 0 = none.</param>
internal readonly record struct TimeoutPolicy(long GlobalNs, long PerTryNs)
{
    /// <summary>A per-try timeout that is not shorter than the global one is switched off.</summary>
    public static TimeoutPolicy Of(RouteAction route)
    {
        var perTryNs = route.RetryPolicy?.PerTryTimeoutNs ?? 0;
        return new TimeoutPolicy(route.TimeoutNs, route.TimeoutNs != 0 && perTryNs >= route.TimeoutNs ? 0 : perTryNs);
    }

    /// <summary>Writes x-envoy-expected-rq-timeout-ms: what is left of the timeout of this attempt, at least 1 ms.</summary>
    /// <param name="elapsedNs">Time since the request was complete; 0 for the first attempt.</param>
    public void WriteHint(HeaderMap request, long elapsedNs)
    {
        var attemptNs = PerTryNs > 0 ? PerTryNs : GlobalNs;
        if (attemptNs <= 0)
        {
            return;
        }

        var left = GlobalNs > 0 ? Math.Min(attemptNs, GlobalNs - elapsedNs) : attemptNs;
        request.Set(HeaderName.XEnvoyExpectedRqTimeoutMs, Math.Max(1, left / MonotonicTime.NanosecondsPerMillisecond));
    }
}
