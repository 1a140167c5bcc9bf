using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The command operators by name.</summary>
internal static class FormatOperators
{
    /// <summary>The operator of that name, or null with what is wrong.</summary>
    public static FormatSegment? Create(string name, string arguments, int maxLength, out string? error)
    {
        error = null;
        return name switch
        {
            "START_TIME" => TimeFormat.TryParse(arguments, out error) is { } format ? new StartTimeSegment(format) : null,
            "REQ" or "REQUEST_HEADER" => Header(static info => info.RequestHeaders, name, arguments, maxLength, out error),
            "RESP" or "RESPONSE_HEADER" => Header(static info => info.ResponseHeaders, name, arguments, maxLength, out error),
            "TRAILER" or "RESPONSE_TRAILER" => Header(static info => info.ResponseTrailers, name, arguments, maxLength, out error),
            "RESPONSE_FLAGS" => new FlagsSegment(isLong: false),
            "RESPONSE_FLAGS_LONG" => new FlagsSegment(isLong: true),
            _ => Number(name) ?? Text(name, maxLength) ?? Unknown(name, out error),
        };
    }

    private static FormatSegment? Number(string name)
    {
        Func<StreamInfo, long>? read = name switch
        {
            "RESPONSE_CODE" => static info => info.ResponseCode,
            "BYTES_RECEIVED" => static info => info.BytesReceived,
            "BYTES_SENT" => static info => info.BytesSent,
            "DURATION" => static info => Milliseconds(info.Start, info.End),
            "REQUEST_DURATION" => static info => Milliseconds(info.Start, info.RequestComplete),
            "RESPONSE_DURATION" => static info => Milliseconds(info.Start, info.Upstream.FirstByteReceived),
            "RESPONSE_TX_DURATION" => static info => Milliseconds(info.Upstream.FirstByteReceived, info.End),
            "UPSTREAM_REQUEST_ATTEMPT_COUNT" => static info => info.AttemptCount,
            "CONNECTION_ID" => static info => info.Stream.Connection.Value,
            "DOWNSTREAM_REMOTE_PORT" or "DOWNSTREAM_DIRECT_REMOTE_PORT" => static info => info.Connection.Remote.Port,
            "DOWNSTREAM_LOCAL_PORT" => static info => info.Connection.Local.Port,
            "UPSTREAM_REMOTE_PORT" => static info => info.UpstreamHost?.Address.Port ?? -1,
            _ => null,
        };
        return read is null ? null : new NumberSegment(read);
    }

    private static FormatSegment? Text(string name, int maxLength)
    {
        Func<StreamInfo, string?>? read = name switch
        {
            "PROTOCOL" => static info => Protocol(info.Connection.Protocol),
            "RESPONSE_CODE_DETAILS" => static info => info.ResponseCodeDetails,
            "UPSTREAM_HOST" or "UPSTREAM_REMOTE_ADDRESS" => static info => info.UpstreamHost?.Address.Text,
            "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" => static info => info.UpstreamHost?.Address.Ip,
            "UPSTREAM_HOST_NAME" => static info =>
                info.UpstreamHost is { } host && host.Snapshot.Hostname.Length > 0 ? host.Snapshot.Hostname : info.UpstreamHost?.Address.Text,
            "UPSTREAM_CLUSTER" or "UPSTREAM_CLUSTER_RAW" => static info => info.UpstreamCluster?.Name,
            "UPSTREAM_TRANSPORT_FAILURE_REASON" => static info => info.UpstreamTransportFailureReason.Replace(' ', '_'),
            "ROUTE_NAME" => static info => info.RouteName,
            "DOWNSTREAM_REMOTE_ADDRESS" => static info => info.RemoteAddress.Text,
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" => static info => info.Connection.Remote.Text,
            "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" => static info => info.RemoteAddress.Ip,
            "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" => static info => info.Connection.Remote.Ip,
            "DOWNSTREAM_LOCAL_ADDRESS" => static info => info.Connection.Local.Text,
            "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" => static info => info.Connection.Local.Ip,
            _ => null,
        };
        return read is null ? null : new TextSegment(read, maxLength);
    }

    private static HeaderSegment? Header(Func<StreamInfo, HeaderMap?> map, string name, string arguments, int maxLength, out string? error)
    {
        var names = arguments.Split('?');
        if (names.Length > 2 || names[0].Length == 0)
        {
            error =
                names.Length > 2
                    ? $"More than 1 alternative header specified in token: {arguments}"
                    : string.Create(CultureInfo.InvariantCulture, $"{name} needs the name of a header, for example %{name}(:PATH)%");
            return null;
        }

        error = null;
        return new HeaderSegment(map, HeaderName.Of(names[0]), names.Length == 2 ? HeaderName.Of(names[1]) : null, maxLength);
    }

    private static FormatSegment? Unknown(string name, out string? error)
    {
        error = $"Not supported field in StreamInfo: {name}";
        return null;
    }

    private static string Protocol(HttpProtocol protocol) =>
        protocol switch
        {
            HttpProtocol.Http10 => "HTTP/1.0",
            HttpProtocol.Http2 => "HTTP/2",
            _ => "HTTP/1.1",
        };

    private static long Milliseconds(MonotonicTime from, MonotonicTime to) =>
        from == MonotonicTime.Never || to == MonotonicTime.Never ? -1 : to.Since(from) / MonotonicTime.NanosecondsPerMillisecond;
}
