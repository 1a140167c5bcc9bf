namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which rate limits of a route's surroundings count.</summary>
internal static class RouteRateLimits
{
    /// <summary>include_vh_rate_limits of the route has the first say, then the filter's option.</summary>
    public static bool VirtualHostCounts(RouteAction action, VhRateLimits option) =>
        action.IncludeVirtualHostRateLimits
        || option switch
        {
            VhRateLimits.Include => true,
            VhRateLimits.Ignore => false,
            _ => action.RateLimits.IsEmpty,
        };
}
