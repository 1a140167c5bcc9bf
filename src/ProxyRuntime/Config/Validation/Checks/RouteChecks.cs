using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using RetryPolicyMessage = Envoy.Config.Route.V3.RetryPolicy;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Route tables: domains, the clusters they name, weights, mirrors, retries, headers.</summary>
internal static class RouteChecks
{
    public static void Check(SourceMap map, RouteConfiguration table, ClusterNames clusters)
    {
        CheckDomains(map, table);
        CheckHeaders(map, table, table.RequestHeadersToAdd, table.RequestHeadersToRemove, table.ResponseHeadersToAdd, table.ResponseHeadersToRemove);

        // Tables given in the configuration are held against its clusters, unless they say otherwise.
        var known = table.ValidateClusters ?? true ? clusters : null;
        foreach (var host in table.VirtualHosts)
        {
            CheckHeaders(map, host, host.RequestHeadersToAdd, host.RequestHeadersToRemove, host.ResponseHeadersToAdd, host.ResponseHeadersToRemove);
            CheckRetries(map, host.RetryPolicy);
            CheckMirrors(map, host.RequestMirrorPolicies, known);
            foreach (var route in host.Routes)
            {
                CheckHeaders(map, route, route.RequestHeadersToAdd, route.RequestHeadersToRemove, route.ResponseHeadersToAdd, route.ResponseHeadersToRemove);
                CheckAction(map, route.Route_, known);
            }
        }

        CheckMirrors(map, table.RequestMirrorPolicies, known);
    }

    private static void CheckDomains(SourceMap map, RouteConfiguration table)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (var host in table.VirtualHosts)
        {
            for (var i = 0; i < host.Domains.Count; i++)
            {
                var domain = host.Domains[i];
                if (!seen.Add(domain))
                {
                    map.Problem(
                        host,
                        "domains",
                        i,
                        domain == "*"
                            ? $"Only a single wildcard domain is permitted in route {table.Name}"
                            : $"Only unique values for domains are permitted. Duplicate entry of domain {domain} in route {table.Name}"
                    );
                }
            }
        }
    }

    private static void CheckAction(SourceMap map, RouteAction? action, ClusterNames? known)
    {
        if (action is null)
        {
            return;
        }

        CheckCluster(map, action, "cluster", action.Cluster, known, "route: unknown cluster");
        CheckMirrors(map, action.RequestMirrorPolicies, known);
        CheckRetries(map, action.RetryPolicy);
        if (action.WeightedClusters is not { } weighted)
        {
            return;
        }

        long total = 0;
        foreach (var cluster in weighted.Clusters)
        {
            total += cluster.Weight ?? 0;
            CheckCluster(map, cluster, "name", cluster.Name, known, "route: unknown weighted cluster");
            if ((cluster.Name.Length > 0) == (cluster.ClusterHeader.Length > 0))
            {
                map.Problem(cluster, "name", "At least one of name or cluster_header need to be specified in weighted_cluster; only one of them is accepted");
            }

            CheckHeaders(
                map,
                cluster,
                cluster.RequestHeadersToAdd,
                cluster.RequestHeadersToRemove,
                cluster.ResponseHeadersToAdd,
                cluster.ResponseHeadersToRemove
            );
        }

        if (weighted.Clusters.Count > 0 && total is 0 or > uint.MaxValue)
        {
            map.Problem(
                weighted,
                "clusters",
                total == 0
                    ? "Sum of weights in the weighted_cluster must be greater than 0."
                    : $"The sum of weights of all weighted clusters of route exceeds {uint.MaxValue}"
            );
        }
    }

    private static void CheckCluster(SourceMap map, IMessage owner, string field, string name, ClusterNames? known, string problem)
    {
        if (known is not null && name.Length > 0 && !known.Has(name))
        {
            map.Problem(owner, field, $"{problem} '{name}'{known.Suggest(name)}");
        }
    }

    private static void CheckMirrors(SourceMap map, IEnumerable<RouteAction.Types.RequestMirrorPolicy> mirrors, ClusterNames? known)
    {
        foreach (var mirror in mirrors)
        {
            CheckCluster(map, mirror, "cluster", mirror.Cluster, known, "route: unknown shadow cluster");
            if ((mirror.Cluster.Length > 0) == (mirror.ClusterHeader.Length > 0))
            {
                map.Problem(mirror, "cluster", "Exactly one of cluster or cluster_header in request mirror policy need to be specified");
            }
        }
    }

    private static void CheckRetries(SourceMap map, RetryPolicyMessage? policy)
    {
        if (policy?.RetryBackOff is { BaseInterval: { } baseInterval, MaxInterval: { } maxInterval } backOff)
        {
            var order = (maxInterval.Seconds, maxInterval.Nanos).CompareTo((baseInterval.Seconds, baseInterval.Nanos));
            if (order < 0)
            {
                map.Problem(backOff, "max_interval", "retry_policy.max_interval must greater than or equal to the base_interval");
            }
        }
    }

    private static void CheckHeaders(
        SourceMap map,
        IMessage owner,
        IReadOnlyList<HeaderValueOption> requestAdded,
        IReadOnlyList<string> requestRemoved,
        IReadOnlyList<HeaderValueOption> responseAdded,
        IReadOnlyList<string> responseRemoved
    )
    {
        HeaderChecks.CheckAdded(map, requestAdded);
        HeaderChecks.CheckAdded(map, responseAdded);
        HeaderChecks.CheckRemoved(map, owner, "request_headers_to_remove", requestRemoved);
        HeaderChecks.CheckRemoved(map, owner, "response_headers_to_remove", responseRemoved);
    }
}
