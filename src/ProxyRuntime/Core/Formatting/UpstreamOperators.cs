namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators about the cluster, the host and the attempts.</summary>
internal static class UpstreamOperators
{
    public static FormatOperator[] All =>
        [
            FormatOperator.Text("UPSTREAM_CLUSTER", static info => info.UpstreamCluster?.ObservabilityName),
            FormatOperator.Text("UPSTREAM_CLUSTER_RAW", static info => info.UpstreamCluster?.Name),
            FormatOperator.Number("UPSTREAM_REQUEST_ATTEMPT_COUNT", static info => info.AttemptCount),
            FormatOperator.Bytes("UPSTREAM_PROTOCOL", static (info, out value) => StreamOperators.Protocol(info.Upstream.Protocol, out value)),
            FormatOperator.Number("UPSTREAM_CONNECTION_ID", static info => info.Upstream.Connection.Value),
            FormatOperator.Fixed(
                "UPSTREAM_TRANSPORT_FAILURE_REASON",
                new UnderscoreSegment(static info => info.Upstream.TransportFailureReason, onlyBlanks: true)
            ),
            Host("UPSTREAM_HOST", HostPart.Address),
            Host("UPSTREAM_HOST_NAME", HostPart.Name),
            Host("UPSTREAM_HOST_NAME_WITHOUT_PORT", HostPart.NameWithoutPort),
            Hosts("UPSTREAM_HOSTS_ATTEMPTED", HostPart.Address),
            Hosts("UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT", HostPart.Ip),
            Hosts("UPSTREAM_HOST_NAMES_ATTEMPTED", HostPart.Name),
            Hosts("UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT", HostPart.NameWithoutPort),
            FormatOperator.Fixed("UPSTREAM_CONNECTION_IDS_ATTEMPTED", new ConnectionIdsSegment()),
            FormatOperator.Number("UPSTREAM_WIRE_BYTES_RECEIVED", static info => info.UpstreamBytes.WireBytesReceived),
            FormatOperator.Number("UPSTREAM_WIRE_BYTES_SENT", static info => info.UpstreamBytes.WireBytesSent),
            FormatOperator.Number("UPSTREAM_HEADER_BYTES_RECEIVED", static info => info.UpstreamBytes.HeaderBytesReceived),
            FormatOperator.Number("UPSTREAM_HEADER_BYTES_SENT", static info => info.UpstreamBytes.HeaderBytesSent),
            FormatOperator.Number("UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED", static info => info.UpstreamBytes.HeaderBytesReceived),
            FormatOperator.Number("UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", static info => info.UpstreamBytes.HeaderBytesSent),
            // Connections say these only when they end.
            FormatOperator.Text("UPSTREAM_LOCAL_CLOSE_REASON", static _ => null),
            FormatOperator.Text("UPSTREAM_DETECTED_CLOSE_TYPE", static info => info.UpstreamHost is null ? null : "Normal"),
        ];

    private static FormatOperator Host(string name, HostPart part) =>
        FormatOperator.Bytes(
            name,
            (info, out value) =>
            {
                value = info.UpstreamHost is { } host ? Read(host, part) : default;
                return !value.IsEmpty;
            }
        );

    private static FormatOperator Hosts(string name, HostPart part) => FormatOperator.Fixed(name, new HostsSegment(part));

    private static ReadOnlySpan<byte> Read(HostState host, HostPart part)
    {
        if (part == HostPart.Address)
        {
            return host.Address.TextBytes;
        }

        if (part == HostPart.Ip)
        {
            return host.Address.IpBytes;
        }

        var name = host.HostnameBytes.IsEmpty ? host.Address.TextBytes : host.HostnameBytes;
        return part == HostPart.NameWithoutPort && HostHeader.PortStart(name) is var port and >= 0 ? name[..port] : name;
    }

    private enum HostPart : byte
    {
        Address,
        Ip,

        /// <summary>The name, or the address with port of a host without one.</summary>
        Name,
        NameWithoutPort,
    }

    /// <summary>The hosts of all attempts.</summary>
    private sealed class HostsSegment(HostPart part) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var hosts = info.AttemptedHosts;
            for (var i = 0; i < hosts.Count; i++)
            {
                if (i > 0)
                {
                    output.Append((byte)',');
                }

                output.Append(Read(hosts[i], part));
            }

            return hosts.Count > 0;
        }
    }

    /// <summary>The connections of all attempts.</summary>
    private sealed class ConnectionIdsSegment : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var ids = info.AttemptedConnections;
            for (var i = 0; i < ids.Count; i++)
            {
                if (i > 0)
                {
                    output.Append((byte)',');
                }

                output.AppendNumber(ids[i].Value);
            }

            return ids.Count > 0;
        }
    }
}
