namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators that print a moment, in a format of their own or as ISO 8601 with milliseconds.</summary>
internal static class TimeOperators
{
    public static FormatOperator[] All =>
        [
            Of("START_TIME", isLocal: false, static info => info.StartUnixNs),
            Of("START_TIME_LOCAL", isLocal: true, static info => info.StartUnixNs),
            Of("EMIT_TIME", isLocal: false, EmitTime),
            Of("EMIT_TIME_LOCAL", isLocal: true, EmitTime),
            Of("DOWNSTREAM_PEER_CERT_V_START", isLocal: false, static info => info.Connection.Tls?.Peer?.ValidFromUnixNs),
            Of("DOWNSTREAM_PEER_CERT_V_END", isLocal: false, static info => info.Connection.Tls?.Peer?.ValidToUnixNs),
            Of("UPSTREAM_PEER_CERT_V_START", isLocal: false, static info => info.Upstream.Tls?.Peer?.ValidFromUnixNs),
            Of("UPSTREAM_PEER_CERT_V_END", isLocal: false, static info => info.Upstream.Tls?.Peer?.ValidToUnixNs),
        ];

    private static long? EmitTime(StreamInfo info) => info.StartUnixNs + info.Now.Since(info.Start);

    private static FormatOperator Of(string name, bool isLocal, Func<StreamInfo, long?> read) =>
        new(
            name,
            FormatSyntax.ParametersOptional,
            (in arguments, out error) =>
            {
                var zone = isLocal ? arguments.Options.Environment.LocalTime : TimeZoneInfo.Utc;
                return TimeFormat.TryParse(arguments.Parameters, zone, isLocal, out error) is { } format ? new TimeSegment(format, read) : null;
            }
        );

    private sealed class TimeSegment(TimeFormat format, Func<StreamInfo, long?> read) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            if (read(info) is not { } unixNs)
            {
                return false;
            }

            format.Write(unixNs, output);
            return true;
        }
    }
}
