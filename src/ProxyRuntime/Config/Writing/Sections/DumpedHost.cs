using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using HealthStatus = Envoy.Config.Core.V3.HealthStatus;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A host as an endpoint of an assignment, with what is thought of its health now.</summary>
internal static class DumpedHost
{
    public static LbEndpoint Of(HostState host)
    {
        var snapshot = host.Snapshot;
        return new LbEndpoint
        {
            Metadata = snapshot.Metadata.Namespaces.Count > 0 ? MetadataOf(snapshot.Metadata) : null,
            LoadBalancingWeight = snapshot.Weight,
            HealthStatus = Health(host.Health),
            Endpoint = new Endpoint
            {
                Hostname = snapshot.Hostname,
                Address = new Address
                {
                    SocketAddress = new SocketAddress { Address = snapshot.Address.Ip, PortValue = (uint)snapshot.Address.Port },
                },
                HealthCheckConfig = HealthCheck(snapshot),
            },
        };
    }

    private static HealthStatus Health(HealthFlags flags) =>
        HostHealth.IsHealthy(flags) ? HealthStatus.Healthy
        : HostHealth.IsDegraded(flags) ? HealthStatus.Degraded
        : HealthStatus.Unhealthy;

    private static Endpoint.Types.HealthCheckConfig HealthCheck(HostSnapshot host)
    {
        var check = host.HealthCheck;
        var port = check.Port > 0 ? check.Port : host.Address.Port;
        var isElsewhere = port != host.Address.Port || (check.Address.Length > 0 && check.Address != host.Address.Ip);
        return new Endpoint.Types.HealthCheckConfig { Hostname = check.Hostname, PortValue = isElsewhere ? (uint)port : 0 };
    }

    private static Metadata MetadataOf(MetadataMap metadata)
    {
        var message = new Metadata();
        foreach (var (name, value) in metadata.Namespaces)
        {
            message.FilterMetadata[name] = StructOf(value);
        }

        return message;
    }

    private static Struct StructOf(MetadataValue value)
    {
        var fields = new Struct();
        foreach (var (name, field) in value.Fields)
        {
            fields.Fields[name] = ValueOf(field);
        }

        return fields;
    }

    private static Value ValueOf(MetadataValue value) =>
        value.Kind switch
        {
            MetadataKind.Bool => Value.ForBool(value.Bool),
            MetadataKind.Number => Value.ForNumber(value.Number),
            MetadataKind.Text => Value.ForString(value.Text),
            MetadataKind.List => Value.ForList([.. value.Items.Select(ValueOf)]),
            MetadataKind.Struct => Value.ForStruct(StructOf(value)),
            _ => Value.ForNull(),
        };
}
