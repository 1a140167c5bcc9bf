namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators about the request as a whole: status, flags, sizes, durations, names of the configuration.</summary>
internal static class StreamOperators
{
    public static FormatOperator[] All =>
        [
            FormatOperator.Bytes("PROTOCOL", static (info, out value) => Protocol(info.TcpProxy is null ? info.Connection.Protocol : null, out value)),
            FormatOperator.Number("RESPONSE_CODE", static info => info.ResponseCode),
            FormatOperator.Of(
                "RESPONSE_CODE_DETAILS",
                FormatSyntax.ParametersOptional,
                static arguments =>
                    arguments.Parameters == "ALLOW_WHITESPACES"
                        ? new TextSegment(static info => info.ResponseCodeDetails)
                        : new UnderscoreSegment(static info => info.ResponseCodeDetails, onlyBlanks: false)
            ),
            FormatOperator.Fixed("RESPONSE_FLAGS", new FlagsSegment(isLong: false)),
            FormatOperator.Fixed("RESPONSE_FLAGS_LONG", new FlagsSegment(isLong: true)),
            .. Sizes,
            .. Durations,
            FormatOperator.Number("CONNECTION_ID", static info => info.Stream.Connection.Value),
            FormatOperator.Text("ROUTE_NAME", static info => info.RouteName),
            FormatOperator.Text("VIRTUAL_CLUSTER_NAME", static info => info.VirtualClusterName),
            FormatOperator.Text("LISTENER_NAME", static info => info.Connection.Listener),
            FormatOperator.Text("FILTER_CHAIN_NAME", static info => info.FilterChain?.Name),
            FormatOperator.Number("ROUTE_RESOLUTION_COUNT", static info => info.RouteResolutions),
            // Routes are found in no time: the machine has no clock to measure it with.
            FormatOperator.Number("ROUTE_RESOLUTION_TIME_US", static _ => 0),
            // Nothing sets flags of its own.
            FormatOperator.Fixed("CUSTOM_FLAGS", new LiteralSegment([])),
            // Connections say these only when they end, long after their requests are logged.
            FormatOperator.Text("CONNECTION_TERMINATION_DETAILS", static _ => null),
            FormatOperator.Text("DOWNSTREAM_TRANSPORT_FAILURE_REASON", static _ => null),
            FormatOperator.Text("DOWNSTREAM_LOCAL_CLOSE_REASON", static _ => null),
            FormatOperator.Text("DOWNSTREAM_DETECTED_CLOSE_TYPE", static _ => "Normal"),
        ];

    private static FormatOperator[] Sizes =>
        [
            FormatOperator.Number("BYTES_RECEIVED", static info => info.BytesReceived),
            FormatOperator.Number("BYTES_SENT", static info => info.BytesSent),
            FormatOperator.Number("DOWNSTREAM_WIRE_BYTES_RECEIVED", static info => info.DownstreamBytes.WireBytesReceived),
            FormatOperator.Number("DOWNSTREAM_WIRE_BYTES_SENT", static info => info.DownstreamBytes.WireBytesSent),
            FormatOperator.Number("DOWNSTREAM_HEADER_BYTES_RECEIVED", static info => info.DownstreamBytes.HeaderBytesReceived),
            FormatOperator.Number("DOWNSTREAM_HEADER_BYTES_SENT", static info => info.DownstreamBytes.HeaderBytesSent),
            FormatOperator.Number("DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED", static info => info.DownstreamBytes.HeaderBytesReceived),
            FormatOperator.Number("DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT", static info => info.DownstreamBytes.HeaderBytesSent),
            // HTTP/3 only.
            FormatOperator.Number("BYTES_RETRANSMITTED", static _ => 0),
            FormatOperator.Number("PACKETS_RETRANSMITTED", static _ => 0),
        ];

    private static FormatOperator[] Durations =>
        [
            FormatOperator.Number("DURATION", static info => Milliseconds(info.Start, info.Now)),
            FormatOperator.Number("REQUEST_DURATION", static info => Milliseconds(info.Start, info.RequestComplete)),
            FormatOperator.Number("REQUEST_TX_DURATION", static info => Milliseconds(info.Start, info.Upstream.LastByteSent)),
            FormatOperator.Number("RESPONSE_DURATION", static info => Milliseconds(info.Start, info.Upstream.FirstByteReceived)),
            FormatOperator.Number("RESPONSE_TX_DURATION", static info => Milliseconds(info.Upstream.FirstByteReceived, info.DownstreamLastByteSent)),
            FormatOperator.Number("UPSTREAM_CONNECTION_POOL_READY_DURATION", static info => Milliseconds(info.Upstream.PoolAsked, info.Upstream.PoolAnswered)),
            new("COMMON_DURATION", FormatSyntax.ParametersRequired, DurationSegment.Create),
            // TLS downstream, HTTP/3, and what only the kernel knows.
            FormatOperator.Number("DOWNSTREAM_HANDSHAKE_DURATION", static _ => -1),
            FormatOperator.Number("ROUNDTRIP_DURATION", static _ => -1),
            FormatOperator.Number("DOWNSTREAM_CX_RTT", static _ => -1),
        ];

    /// <summary>The name of a protocol; false for null.</summary>
    public static bool Protocol(HttpProtocol? protocol, out ReadOnlySpan<byte> value)
    {
        value = protocol switch
        {
            HttpProtocol.Http10 => "HTTP/1.0"u8,
            HttpProtocol.Http11 => "HTTP/1.1"u8,
            HttpProtocol.Http2 => "HTTP/2"u8,
            _ => default,
        };
        return protocol is not null;
    }

    private static long Milliseconds(MonotonicTime from, MonotonicTime to) => DurationSegment.Between(from, to, MonotonicTime.NanosecondsPerMillisecond);

    /// <summary>Names in the order the flags were set; a dash is a value of its own here.</summary>
    private sealed class FlagsSegment(bool isLong) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var flags = info.Flags;
            var count = flags.Count;
            if (count == 0)
            {
                output.Append((byte)'-');
            }

            for (var i = 0; i < count; i++)
            {
                if (i > 0)
                {
                    output.Append((byte)',');
                }

                output.Append(flags[i].NameBytes(isLong));
            }

            return true;
        }
    }
}
