using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Inputs of machines as lines of text: <c>&gt; nanoseconds Name arguments</c>. <see cref="Replay"/> reads them back.</summary>
public static class InputText
{
    public static string Plain(string name, MonotonicTime now, string id) => Line(name, now, id);

    public static string Headers(string name, MonotonicTime now, string id, HeaderMap map, bool endStream) =>
        Line(name, now, id, End(endStream), TextCodec.Headers(map));

    public static string Data(string name, MonotonicTime now, string id, long bytes, bool endStream) =>
        Line(name, now, id, End(endStream), bytes.ToString(CultureInfo.InvariantCulture));

    public static string DownstreamConnection(MonotonicTime now, ConnectionId connection, ConnectionInfo info) =>
        Line(
            "DownstreamConnection",
            now,
            connection.ToString(),
            TextCodec.Escape(info.Listener),
            Address(info.Remote),
            Address(info.Local),
            info.Protocol.ToString(),
            TlsText.Offer(info)
        );

    public static string DownstreamAccepted(MonotonicTime now, ConnectionId connection, string listener) =>
        Line("DownstreamAccepted", now, connection.ToString(), TextCodec.Escape(listener));

    public static string InspectionFailed(MonotonicTime now, ConnectionId connection, ClientHelloState found) =>
        Line("InspectionFailed", now, connection.ToString(), found.ToString());

    public static string Handshake(string name, MonotonicTime now, string connection, TlsHandshake handshake) =>
        Line(name, now, connection, TlsText.Of(handshake));

    public static string DownstreamClosed(MonotonicTime now, ConnectionId connection, long unsentBytes) =>
        Line("DownstreamClosed", now, connection.ToString(), unsentBytes == 0 ? "" : unsentBytes.ToString(CultureInfo.InvariantCulture));

    public static string TcpData(MonotonicTime now, ConnectionId connection, TcpSide from, long bytes, bool endStream) =>
        Line("TcpData", now, connection.ToString(), from.ToString(), End(endStream), bytes.ToString(CultureInfo.InvariantCulture));

    public static string TcpFlowControl(MonotonicTime now, ConnectionId connection, TcpSide from, bool paused) =>
        Line("TcpFlowControl", now, connection.ToString(), from.ToString(), paused ? "paused" : "resumed");

    public static string RequestRefused(MonotonicTime now, StreamId stream, RequestError error) =>
        Line("RequestRefused", now, stream.ToString(), error.ToString());

    public static string ConnectionResult(MonotonicTime now, UpstreamConnectionId connection, ConnectOutcome outcome, string reason, NetworkAddress? local) =>
        Line("ConnectionResult", now, connection.ToString(), outcome.ToString(), local is null ? "-" : Address(local), TextCodec.Escape(reason));

    public static string Content(string name, MonotonicTime now, string id, ReadOnlySpan<byte> content, bool endStream) =>
        Line(name, now, id, End(endStream), TextCodec.Escape(content));

    public static string UpstreamSettings(MonotonicTime now, UpstreamConnectionId connection, uint maxConcurrentStreams) =>
        Line("UpstreamSettings", now, connection.ToString(), maxConcurrentStreams.ToString(CultureInfo.InvariantCulture));

    public static string UpstreamReset(MonotonicTime now, AttemptId attempt, ResetReason reason) =>
        Line("UpstreamReset", now, attempt.ToString(), reason.ToString());

    public static string ConnectionClosed(MonotonicTime now, UpstreamConnectionId connection, ResetReason reason) =>
        Line("ConnectionClosed", now, connection.ToString(), reason.ToString());

    public static string DnsResult(MonotonicTime now, DnsQuery query, DnsAnswer answer) =>
        Line(
            "DnsResult",
            now,
            TextCodec.Escape(query.Cluster),
            TextCodec.Escape(query.Name),
            query.Family.ToString(),
            answer.Succeeded ? "ok" : "failed",
            string.Join(',', answer.Addresses),
            string.Join(',', answer.TtlsS.Select(static ttlS => ttlS.ToString(CultureInfo.InvariantCulture)))
        );

    public static string EndpointsUpdate(MonotonicTime now, string cluster, EndpointsAnswer answer) =>
        Line(
            "EndpointsUpdate",
            now,
            [
                TextCodec.Escape(cluster),
                answer.Outcome.ToString(),
                $"'{TextCodec.Escape(answer.Version)}",
                .. answer.Assignment is { } assignment ? AssignmentText.Words(assignment) : [],
            ]
        );

    /// <summary>With the response as text; the listeners that were made of it are read of that again.</summary>
    public static string ListenersUpdate(MonotonicTime now, ListenersAnswer answer) =>
        Line(
            "ListenersUpdate",
            now,
            [answer.Outcome.ToString(), $"'{TextCodec.Escape(answer.Text)}", .. answer.Listeners.Select(static listener => TextCodec.Escape(listener.Name))]
        );

    public static string ListenerUpdate(MonotonicTime now, string listener) => Line("ListenerUpdate", now, TextCodec.Escape(listener));

    public static string ListenerRemoved(MonotonicTime now, string listener) => Line("ListenerRemoved", now, TextCodec.Escape(listener));

    public static string HostUpdate(MonotonicTime now, ClusterMembership membership) => Line("HostUpdate", now, Membership(membership));

    internal static string Membership(ClusterMembership membership) =>
        membership.Hosts.Length == 0
            ? TextCodec.Escape(membership.Cluster)
            : $"{TextCodec.Escape(membership.Cluster)} {string.Join(' ', membership.Hosts.Select((host, i) => Host(host, membership.Health[i])))}";

    public static string HostFailed(MonotonicTime now, string cluster, HostState host) => Line("HostFailed", now, HostOf(cluster, host));

    public static string OutlierDetected(MonotonicTime now, string cluster, HostState host, EjectionType type) =>
        Line("OutlierDetected", now, HostOf(cluster, host), $"{type}");

    public static string HostCreated(MonotonicTime now, string cluster, HostState host) => Line("HostCreated", now, HostOf(cluster, host));

    public static string ImmediateHealthCheckFail(MonotonicTime now, string cluster, HostState host) =>
        Line("ImmediateHealthCheckFail", now, HostOf(cluster, host));

    public static string TrafficBegan(MonotonicTime now, string cluster) => Line("TrafficBegan", now, TextCodec.Escape(cluster));

    public static string Probe(MonotonicTime now, UpstreamConnectionId connection, in ProbeEvent found) =>
        found.Head is { } head
            ? Line("Probe", now, connection.ToString(), found.Kind.ToString(), End(found.EndStream), TextCodec.Headers(head))
            : Line("Probe", now, connection.ToString(), found.Kind.ToString(), End(found.EndStream), TextCodec.Escape(found.Content.Span));

    internal static string HostOf(string cluster, HostState host) => $"{TextCodec.Escape(cluster)} {Address(host.Address)}";

    private static string Host(HostState host, HealthFlags health) => string.Create(CultureInfo.InvariantCulture, $"{Address(host.Address)};{(int)health}");

    private static string Address(NetworkAddress address) => string.Create(CultureInfo.InvariantCulture, $"{address.Ip}|{address.Port}");

    private static string End(bool endStream) => endStream ? "end" : "more";

    private static string Line(string name, MonotonicTime now, params ReadOnlySpan<string> words)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"> {now.Nanoseconds} {name}");
        foreach (var word in words)
        {
            if (word.Length > 0)
            {
                _ = line.Append(' ').Append(word);
            }
        }

        return line.ToString();
    }
}
