namespace MeshSim.ProxyRuntime.Core;

/// <summary>COMMON_DURATION: the time between two named moments, if both have come and in this order.</summary>
internal static class DurationSegment
{
    /// <summary><c>BEGIN:END</c> or <c>BEGIN:END:ms|us|ns</c>. Names that are none of Envoy's own are of moments that filters may note; none does here.</summary>
    public static FormatSegment? Create(in FormatArguments arguments, out string? error)
    {
        error = null;
        var parts = arguments.Parameters.Split(':');
        if (parts.Length is < 2 or > 3)
        {
            error = $"Invalid common duration configuration: {arguments.Parameters}.";
            return null;
        }

        var unit = parts.Length == 2 ? "ms" : parts[2];
        var nanoseconds = unit switch
        {
            "ms" => MonotonicTime.NanosecondsPerMillisecond,
            "us" => 1000,
            "ns" => 1,
            _ => 0L,
        };
        if (nanoseconds == 0)
        {
            error = $"Invalid common duration precision: {unit}.";
            return null;
        }

        var begin = Moment(parts[0]);
        var end = Moment(parts[1]);
        return new NumberSegment(info => Between(begin(info), end(info), nanoseconds));
    }

    /// <summary>−1 if one of the two has not come, or the second came first.</summary>
    public static long Between(MonotonicTime from, MonotonicTime to, long unitNs) =>
        from == MonotonicTime.Never || to == MonotonicTime.Never || to < from ? -1 : to.Since(from) / unitNs;

    private static Func<StreamInfo, MonotonicTime> Moment(string name) =>
        name switch
        {
            "DS_CX_BEG" => static info => info.ConnectionStart,
            "DS_RX_BEG" => static info => info.Start,
            "DS_RX_HDR_END" => static info => info.RequestHeadersComplete,
            "DS_RX_END" => static info => info.RequestComplete,
            "US_CX_BEG" => static info => info.Upstream.ConnectStart,
            "US_CX_END" => static info => info.Upstream.ConnectEnd,
            "US_TX_BEG" => static info => info.Upstream.FirstByteSent,
            "US_TX_END" => static info => info.Upstream.LastByteSent,
            "US_RX_BEG" => static info => info.Upstream.FirstByteReceived,
            "US_RX_BODY_BEG" => static info => info.Upstream.FirstBodyByteReceived,
            "US_RX_END" => static info => info.Upstream.LastByteReceived,
            "DS_TX_BEG" => static info => info.DownstreamFirstByteSent,
            "DS_TX_END" => static info => info.DownstreamLastByteSent,
            _ => static _ => MonotonicTime.Never,
        };
}
