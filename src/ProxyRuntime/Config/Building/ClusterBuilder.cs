using System.Collections.Immutable;
using System.Net;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Clusters: discovery, endpoints, balancing, limits.</summary>
internal sealed class ClusterBuilder(BuildContext context)
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public ImmutableArray<ClusterSnapshot> BuildAll(IEnumerable<Cluster> clusters)
    {
        var built = ImmutableArray.CreateBuilder<ClusterSnapshot>();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            if (cluster.Name.Length > 0 && !names.Add(cluster.Name))
            {
                context.Map.Problem(cluster, "name", $"cluster manager: duplicate cluster '{cluster.Name}'; names of clusters are unique");
            }

            built.Add(Build(cluster));
        }

        return built.ToImmutable();
    }

    private ClusterSnapshot Build(Cluster cluster)
    {
        var type = Type(cluster);
        var endpoints = Endpoints(cluster, type);
        var http = HttpProtocolOptions(cluster);
        var common = http?.CommonHttpProtocolOptions ?? cluster.CommonHttpProtocolOptions;
        return new ClusterSnapshot
        {
            Name = cluster.Name,
            StatName = (cluster.AltStatName.Length > 0 ? cluster.AltStatName : cluster.Name).Replace(':', '_'),
            Type = type,
            LbPolicy = Policy(cluster),
            ConnectTimeoutNs = context.Nanoseconds(cluster, "connect_timeout", cluster.ConnectTimeout, ClusterSnapshot.DefaultConnectTimeoutNs),
            Endpoints = endpoints,
            DefaultThresholds = Thresholds(cluster, Envoy.Config.Core.V3.RoutingPriority.Default),
            HighThresholds = Thresholds(cluster, Envoy.Config.Core.V3.RoutingPriority.High),
            DnsRefreshRateNs = context.Nanoseconds(cluster, "dns_refresh_rate", cluster.DnsRefreshRate, ClusterSnapshot.DefaultDnsRefreshRateNs),
            DnsLookupFamily = (DnsLookupFamily)(int)cluster.DnsLookupFamily,
            IdleTimeoutNs = common is null
                ? ClusterSnapshot.DefaultIdleTimeoutNs
                : context.Nanoseconds(common, "idle_timeout", common.IdleTimeout, ClusterSnapshot.DefaultIdleTimeoutNs),
            MaxRequestsPerConnection = (int)(common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection ?? 0),
        };
    }

    private DiscoveryType Type(Cluster cluster)
    {
        if (cluster.ClusterType is not null)
        {
            context.NotSupported(cluster, "cluster_type", "type: STATIC, STRICT_DNS or LOGICAL_DNS");
        }

        switch (cluster.Type)
        {
            case Cluster.Types.DiscoveryType.StrictDns:
                return DiscoveryType.StrictDns;
            case Cluster.Types.DiscoveryType.LogicalDns:
                return DiscoveryType.LogicalDns;
            case Cluster.Types.DiscoveryType.Static:
                return DiscoveryType.Static;
            default:
                context.NotSupported(cluster, "type", "STATIC, STRICT_DNS, LOGICAL_DNS");
                return DiscoveryType.Static;
        }
    }

    private LbPolicy Policy(Cluster cluster)
    {
        if (cluster.LoadBalancingPolicy is { } policies)
        {
            return ExtensionPolicy(cluster, policies);
        }

        switch (cluster.LbPolicy)
        {
            case Cluster.Types.LbPolicy.RoundRobin:
                return LbPolicy.RoundRobin;
            case Cluster.Types.LbPolicy.Random:
                return LbPolicy.Random;
            default:
                context.NotSupported(cluster, "lb_policy", "ROUND_ROBIN, RANDOM");
                return LbPolicy.RoundRobin;
        }
    }

    /// <summary>The first policy of the list that is known is taken.</summary>
    private LbPolicy ExtensionPolicy(Cluster cluster, LoadBalancingPolicy policies)
    {
        foreach (var policy in policies.Policies)
        {
            switch (context.Map.Content(policy.TypedExtensionConfig?.TypedConfig))
            {
                case Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3.RoundRobin:
                    return LbPolicy.RoundRobin;
                case Envoy.Extensions.LoadBalancingPolicies.Random.V3.Random:
                    return LbPolicy.Random;
                default:
                    continue;
            }
        }

        var names = string.Join(", ", policies.Policies.Select(static policy => policy.TypedExtensionConfig?.Name));
        context.Map.Problem(
            cluster,
            "load_balancing_policy",
            $"cluster: didn't find a registered load balancer factory implementation for cluster: '{cluster.Name}' with names from [{names}]; accepted: round_robin, random"
        );
        return LbPolicy.RoundRobin;
    }

    private ImmutableArray<EndpointSnapshot> Endpoints(Cluster cluster, DiscoveryType type)
    {
        var built = ImmutableArray.CreateBuilder<EndpointSnapshot>();
        var localities = cluster.LoadAssignment?.Endpoints ?? [];
        foreach (var locality in localities)
        {
            foreach (var endpoint in locality.LbEndpoints)
            {
                if (Endpoint(locality, endpoint, type) is { } snapshot)
                {
                    built.Add(snapshot);
                }
            }
        }

        if (type == DiscoveryType.LogicalDns && (localities.Count != 1 || localities[0].LbEndpoints.Count != 1))
        {
            context.Map.Problem(cluster, "load_assignment", "LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint");
        }

        return built.ToImmutable();
    }

    private EndpointSnapshot? Endpoint(LocalityLbEndpoints locality, LbEndpoint endpoint, DiscoveryType type)
    {
        if (endpoint.Endpoint?.Address?.SocketAddress is not { } address)
        {
            if (endpoint.Endpoint?.Address is { Pipe: not null } pipe)
            {
                context.NotSupported(pipe, "pipe", "socket_address");
            }

            return null;
        }

        if (type == DiscoveryType.Static && address.Address.Length > 0 && !IPAddress.TryParse(address.Address, out _))
        {
            context.Map.Problem(
                address,
                "address",
                $"malformed IP address: {address.Address}. Consider setting resolver_name or setting cluster type to 'STRICT_DNS' or 'LOGICAL_DNS'"
            );
        }

        return new EndpointSnapshot
        {
            Address = address.Address,
            Port = (int)address.PortValue,
            Hostname = endpoint.Endpoint.Hostname,
            Weight = endpoint.LoadBalancingWeight ?? 1,
            Priority = (int)locality.Priority,
            Locality = locality.Locality is { } place ? new LocalitySnapshot(place.Region, place.Zone, place.SubZone) : LocalitySnapshot.None,
            Health = (EdsHealth)(int)endpoint.HealthStatus,
        };
    }

    private static ThresholdsSnapshot Thresholds(Cluster cluster, Envoy.Config.Core.V3.RoutingPriority priority)
    {
        var found = cluster.CircuitBreakers?.Thresholds.FirstOrDefault(entry => entry.Priority == priority);
        var defaults = ThresholdsSnapshot.Default;
        return found is null
            ? defaults
            : new ThresholdsSnapshot(
                found.MaxConnections ?? defaults.MaxConnections,
                found.MaxPendingRequests ?? defaults.MaxPendingRequests,
                found.MaxRequests ?? defaults.MaxRequests,
                found.MaxRetries ?? defaults.MaxRetries
            );
    }

    private Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions? HttpProtocolOptions(Cluster cluster)
    {
        if (cluster.Http2ProtocolOptions is not null)
        {
            context.NotSupported(cluster, "http2_protocol_options", "HTTP/1.1 upstreams");
        }

        if (
            !cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptions, out var any)
            || context.Map.Content(any) is not Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions options
        )
        {
            return null;
        }

        if (options.ExplicitHttpConfig is { HttpProtocolOptions: null } explicitConfig)
        {
            context.Map.Unsupported(explicitConfig, "http2_protocol_options", "only HTTP/1.1 upstreams are supported yet; accepted: http_protocol_options");
        }

        return options;
    }
}
