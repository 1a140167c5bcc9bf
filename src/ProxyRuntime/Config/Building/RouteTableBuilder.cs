using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;
using VirtualClusterMessage = Envoy.Config.Route.V3.VirtualCluster;
using VirtualHostMessage = Envoy.Config.Route.V3.VirtualHost;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Route tables and their virtual hosts. A table that several connection managers share is built once.</summary>
internal sealed class RouteTableBuilder(BuildContext context)
{
    private readonly HeaderMutationBuilder headers = new(context);
    private readonly MatcherBuilder matchers = new(context);

    public RouteTable Build(RouteConfiguration table) => context.Shared(table, Make);

    private RouteTable Make(RouteConfiguration table)
    {
        context.NotSupported(table, ["vhds", "vhost_header"], "virtual_hosts");
        foreach (var plugin in table.ClusterSpecifierPlugins)
        {
            context.NotSupported(plugin, "extension", "cluster, cluster_header, weighted_clusters in routes");
        }

        return new RouteTable(table.Name, [.. table.VirtualHosts.Select(host => Build(table, host))])
        {
            Message = context.Keep(table),
            IgnorePortInHostMatching = table.IgnorePortInHostMatching,
            IgnorePathParameters = table.IgnorePathParametersInPathMatching,
            MostSpecificHeaderMutationsWins = table.MostSpecificHeaderMutationsWins,
            InternalOnlyHeaders = HeaderMutationBuilder.Names(table.InternalOnlyHeaders),
            RequestHeaders = headers.Build(table.RequestHeadersToAdd, table.RequestHeadersToRemove),
            ResponseHeaders = headers.Build(table.ResponseHeadersToAdd, table.ResponseHeadersToRemove),
            PerFilterConfig = new PerFilterConfigBuilder(context).Build(table, table.TypedPerFilterConfig),
        };
    }

    private Core.VirtualHost Build(RouteConfiguration table, VirtualHostMessage host)
    {
        context.NotSupported(host, ["matcher", "retry_policy_typed_config"], "routes, retry_policy");
        if (host.HedgePolicy is { } hedge)
        {
            RouteActionBuilder.CheckHedging(context, hedge);
        }

        var mirrors = host.RequestMirrorPolicies.Count > 0 ? host.RequestMirrorPolicies : table.RequestMirrorPolicies;
        var shared = new RouteBuilder.Inherited(host, new MirrorBuilder(context).BuildAll(mirrors), table.MaxDirectResponseBodySizeBytes ?? 4096);
        var routes = new RouteBuilder(context, shared);
        return new()
        {
            Name = host.Name,
            Domains = [.. host.Domains],
            Routes = [.. host.Routes.Select(routes.Build).OfType<Core.Route>()],
            RequireTls = (TlsRequirement)(int)host.RequireTls,
            VirtualClusters = [.. host.VirtualClusters.Select(Build)],
            RequestHeaders = headers.Build(host.RequestHeadersToAdd, host.RequestHeadersToRemove),
            ResponseHeaders = headers.Build(host.ResponseHeadersToAdd, host.ResponseHeadersToRemove),
            PerFilterConfig = new PerFilterConfigBuilder(context).Build(host, host.TypedPerFilterConfig),
            RateLimits = new RateLimitBuilder(context).BuildAll(host.RateLimits),
            Cors = new CorsBuilder(context).Build(host.Cors),
            IncludeRequestAttemptCount = host.IncludeRequestAttemptCount,
            IncludeAttemptCountInResponse = host.IncludeAttemptCountInResponse,
            IncludeIsTimeoutRetryHeader = host.IncludeIsTimeoutRetryHeader,
            Metadata = MetadataBuilder.Build(host.Metadata),
        };
    }

    private Core.VirtualCluster Build(VirtualClusterMessage cluster)
    {
        if (cluster.Headers.Count == 0)
        {
            context.Map.Problem(cluster, "headers", "virtual clusters must define 'headers'");
        }

        return new Core.VirtualCluster(cluster.Name, [.. cluster.Headers.Select(matchers.Header).OfType<Core.HeaderMatcher>()]);
    }
}
