using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The endpoints of an assignment.</summary>
internal sealed class EndpointBuilder(BuildContext context)
{
    public ImmutableArray<EndpointSnapshot> BuildAll(Cluster cluster, DiscoveryType type)
    {
        var localities = cluster.LoadAssignment?.Endpoints ?? [];
        if (type == DiscoveryType.LogicalDns && (localities.Count != 1 || localities[0].LbEndpoints.Count != 1))
        {
            context.Map.Problem(cluster, "load_assignment", "LOGICAL_DNS clusters must have a single locality_lb_endpoint and a single lb_endpoint");
        }

        return cluster.LoadAssignment is { } assignment && type != DiscoveryType.Eds ? BuildAll(assignment, type) : [];
    }

    public ImmutableArray<EndpointSnapshot> BuildAll(ClusterLoadAssignment assignment, DiscoveryType type)
    {
        var built = ImmutableArray.CreateBuilder<EndpointSnapshot>();
        foreach (var locality in assignment.Endpoints)
        {
            context.NotSupported(locality, ["load_balancer_endpoints", "leds_cluster_locality_config"], "lb_endpoints");
            built.AddRange(locality.LbEndpoints.Select(endpoint => Build(locality, endpoint, type)).OfType<EndpointSnapshot>());
        }

        return built.ToImmutable();
    }

    private EndpointSnapshot? Build(LocalityLbEndpoints locality, LbEndpoint endpoint, DiscoveryType type)
    {
        context.NotSupported(endpoint, ["endpoint_name"], "endpoint");
        if (endpoint.Endpoint is { } target)
        {
            context.NotSupported(target, ["additional_addresses"], "address");
        }

        if (endpoint.Endpoint?.Address is not { } place)
        {
            return null;
        }

        context.NotSupported(place, ["pipe", "envoy_internal_address"], "socket_address");
        if (place.SocketAddress is not { } address)
        {
            return null;
        }

        context.NotSupported(address, ["named_port"], "port_value");
        if (type is DiscoveryType.Static or DiscoveryType.Eds && address.Address.Length > 0 && !AddressBuilder.TryParseIp(address.Address, out _))
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
            Locality = Locality(locality),
            LocalityWeight = locality.LoadBalancingWeight ?? 0,
            Health = (EdsHealth)(int)endpoint.HealthStatus,
            HealthCheck = HealthCheck(endpoint.Endpoint.HealthCheckConfig),
            Metadata = MetadataBuilder.Build(endpoint.Metadata),
        };
    }

    public static LocalitySnapshot Locality(LocalityLbEndpoints locality) =>
        locality.Locality is { } where ? new LocalitySnapshot(where.Region, where.Zone, where.SubZone) : LocalitySnapshot.None;

    private HostHealthCheckSnapshot HealthCheck(Endpoint.Types.HealthCheckConfig? config)
    {
        if (config is null)
        {
            return HostHealthCheckSnapshot.Default;
        }

        var address = config.Address is null ? null : AddressBuilder.Build(context, config.Address);
        return new HostHealthCheckSnapshot
        {
            Address = address?.Ip ?? "",
            Port = config.PortValue > 0 ? (int)config.PortValue : address?.Port ?? 0,
            Hostname = config.Hostname,
            IsDisabled = config.DisableActiveHealthCheck,
        };
    }
}
