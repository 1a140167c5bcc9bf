namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes down what a check finds: envoy.data.core.v3.HealthCheckEvent, a JSON object a line.</summary>
internal sealed class HealthCheckEvents(ProxyMainContext context, ClusterSnapshot cluster, HealthCheckSnapshot settings)
{
    private static readonly string[] FailureTypes = ["ACTIVE", "PASSIVE", "NETWORK", "NETWORK_TIMEOUT"];

    /// <summary>Where a kind of event stands among the fields of the message, which are in the order of their numbers.</summary>
    private enum Place : byte
    {
        BeforeTimestamp,
        BehindTimestamp,
        Last,
    }

    public void EjectUnhealthy(HostState host, HealthCheckFailure type) =>
        Write(host, Place.BeforeTimestamp, "eject_unhealthy_event", $$"""{"failure_type":"{{FailureTypes[(int)type]}}"}""");

    public void AddHealthy(HostState host, bool isFirst) =>
        Write(host, Place.BeforeTimestamp, "add_healthy_event", $$"""{"first_check":{{JsonEvent.Of(isFirst)}}}""");

    public void Failed(HostState host, HealthCheckFailure type, bool isFirst) =>
        Write(
            host,
            Place.BehindTimestamp,
            "health_check_failure_event",
            $$"""{"failure_type":"{{FailureTypes[(int)type]}}","first_check":{{JsonEvent.Of(isFirst)}}}"""
        );

    public void Degraded(HostState host, bool isDegraded) =>
        Write(host, Place.BehindTimestamp, isDegraded ? "degraded_healthy_host" : "no_longer_degraded_host", "{}");

    public void Successful(HostState host) => Write(host, Place.Last, "successful_health_check_event", "{}");

    private void Write(HostState host, Place place, string kind, string content)
    {
        if (settings.EventLogPaths.IsEmpty)
        {
            return;
        }

        var line = new JsonEvent();
        line.Text("health_checker_type", settings.Probe.TypeName);
        line.Raw("host", Address(host.Address));
        line.Text("cluster_name", cluster.Name);
        void Put(Place at)
        {
            if (at == place)
            {
                line.Raw(kind, content);
            }
        }

        Put(Place.BeforeTimestamp);
        line.Timestamp("timestamp", context.UnixNs);
        Put(Place.BehindTimestamp);
        if (host.Snapshot.Metadata.Namespaces.Count > 0)
        {
            line.Raw("metadata", Metadata(host.Snapshot.Metadata));
        }

        line.Raw("locality", Locality(host.Snapshot.Locality));
        Put(Place.Last);
        foreach (var path in settings.EventLogPaths)
        {
            ref var effect = ref context.Effects.Add(EffectKind.LogEvent);
            effect.Subject = path;
            effect.Body = line.Line();
        }
    }

    private static string Address(NetworkAddress address)
    {
        var socket = new JsonEvent();
        socket.Text("protocol", "TCP");
        socket.Text("address", address.Ip);
        socket.Number("port_value", address.Port);
        socket.Text("resolver_name", "");
        socket.Raw("ipv4_compat", "false");
        socket.Text("network_namespace_filepath", "");
        return $$"""{"socket_address":{{socket}}}""";
    }

    private static string Locality(LocalitySnapshot locality)
    {
        var text = new JsonEvent();
        text.Text("region", locality.Region);
        text.Text("zone", locality.Zone);
        text.Text("sub_zone", locality.SubZone);
        return text.ToString();
    }

    private static string Metadata(MetadataMap metadata)
    {
        var spaces = new JsonEvent();
        foreach (var (name, value) in metadata.Namespaces)
        {
            spaces.Raw(name, MetadataJson.Write(value));
        }

        return $$$"""{"filter_metadata":{{{spaces}}},"typed_filter_metadata":{}}""";
    }
}
