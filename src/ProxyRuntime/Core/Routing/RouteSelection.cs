namespace MeshSim.ProxyRuntime.Core;

/// <summary>What routing has decided for a request: table, virtual host, route – and, for weighted clusters, which of them.</summary>
internal readonly record struct RouteSelection(RouteTable? Table, VirtualHost? VirtualHost, Route? Route, WeightedCluster? Weighted = null, string Cluster = "")
{
    /// <summary>The route's action if it forwards.</summary>
    public RouteAction? Action => Route?.Action as RouteAction;

    /// <summary>
    /// Settles which cluster a forwarding route sends this request to. A cluster that a header names is empty where the header is
    /// absent. Without any weight there is no route.
    /// </summary>
    public RouteSelection ChooseCluster(HeaderMap headers, ulong random, RuntimeSnapshot runtime, StreamInfo info, ByteBuffer scratch, NameCache names)
    {
        if (Action is not { } action)
        {
            return this;
        }

        if (action.WeightedClusters is not { } weighted)
        {
            return this with { Cluster = action.ClusterHeader is { } named ? names.Get(headers.Get(named)) : action.Cluster };
        }

        ulong? hash = weighted.UseHashPolicy ? HashPolicies.Hash(action.HashPolicies, headers, info, scratch, newCookies: null) : null;
        if (weighted.Choose(new RouteRequest(headers, random, runtime, info), hash) is not { } chosen)
        {
            return this with { Route = null };
        }

        return this with
        {
            Weighted = chosen,
            Cluster = chosen.ClusterHeader is { } header ? names.Get(headers.Get(header)) : chosen.Name,
        };
    }

    /// <summary>The settings of the most specific level that has any for a filter: weighted cluster, route, virtual host, table.</summary>
    public IRouteFilterSettings? FilterSettings(string filter)
    {
        for (var level = 0; level < Levels; level++)
        {
            if (FilterConfig(level).Find(filter)?.Settings is { } settings)
            {
                return settings;
            }
        }

        return null;
    }

    /// <summary>The settings of one level, 0 the most specific; null if it has none for that filter.</summary>
    public IRouteFilterSettings? FilterSettings(string filter, int level) => FilterConfig(level).Find(filter)?.Settings;

    /// <summary>What the most specific level that says anything about it says of a filter's being disabled; null if none does.</summary>
    public bool? FilterDisabled(string filter)
    {
        for (var level = 0; level < Levels; level++)
        {
            if (FilterConfig(level).Find(filter) is { Disabled: { } disabled })
            {
                return disabled;
            }
        }

        return null;
    }

    /// <summary>How many levels of per-filter settings there are.</summary>
    public const int Levels = 4;

    /// <summary>Where no route was found, and where TLS is missing, no level has a say.</summary>
    private PerFilterConfig FilterConfig(int level)
    {
        if (Route is null || ReferenceEquals(Route, Route.ToTls))
        {
            return PerFilterConfig.None;
        }

        return level switch
            {
                0 => Weighted?.PerFilterConfig,
                1 => Route.PerFilterConfig,
                2 => VirtualHost?.PerFilterConfig,
                _ => Table?.PerFilterConfig,
            } ?? PerFilterConfig.None;
    }
}
