namespace MeshSim.ProxyRuntime.Core;

/// <summary>Cluster.TransportSocketMatch: how hosts with that metadata are spoken to.</summary>
/// <param name="Name">Names its statistic.</param>
/// <param name="Criteria">A struct; each of its fields has to be in the host's metadata under <c>envoy.transport_socket_match</c>.</param>
/// <param name="Tls">Null for plain text.</param>
public sealed record TransportSocketMatch(string Name, MetadataValue Criteria, UpstreamTlsSnapshot? Tls)
{
    public const string Namespace = "envoy.transport_socket_match";

    internal bool Fits(MetadataMap metadata)
    {
        var fields = metadata.Get(Namespace);
        foreach (var (name, value) in Criteria.Fields)
        {
            if (fields is null || fields.Field(name) is not { } found || !found.Equals(value))
            {
                return false;
            }
        }

        return true;
    }
}
