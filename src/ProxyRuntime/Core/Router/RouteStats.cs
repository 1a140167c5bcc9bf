namespace MeshSim.ProxyRuntime.Core;

/// <summary>The statistics of virtual clusters and of routes with a stat_prefix, made when first needed; one per worker.</summary>
internal sealed class RouteStats(StatSheet sheet)
{
    private readonly Dictionary<(string Host, string Kind, string Name), RequestStats> known = [];

    /// <summary>The statistics of a request's virtual cluster; null if its host has none.</summary>
    public RequestStats? VirtualCluster(VirtualHost? host, VirtualCluster? cluster) =>
        host is null || cluster is null ? null : Of(host.StatName, "vcluster", cluster.Name);

    /// <summary>The statistics of a route; null if it has no stat_prefix.</summary>
    public RequestStats? Route(VirtualHost? host, Route? route) =>
        host is null || route is not { StatPrefix.Length: > 0 } ? null : Of(host.StatName, "route", route.StatPrefix);

    private RequestStats Of(string host, string kind, string name)
    {
        if (!known.TryGetValue((host, kind, name), out var stats))
        {
            known[(host, kind, name)] = stats = new RequestStats(sheet, $"vhost.{host}.{kind}.{name.Replace(':', '_')}.");
        }

        return stats;
    }
}
