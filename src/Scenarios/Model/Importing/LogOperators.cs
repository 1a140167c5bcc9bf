using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What an operator of an access log says about a request; the others are skipped.</summary>
internal static class LogOperators
{
    /// <summary>Takes the value of an operator; false where it can be none of this operator's.</summary>
    public delegate bool Take(LoggedRequest request, ReadOnlySpan<char> value);

    /// <summary>How values look like, to find out where they end.</summary>
    public static string PatternOf(FormatPiece piece) =>
        Number(piece.Operator) is not null ? "-?[0-9]*"
        : IsPath(piece) ? @"(?:/\S*|\*|-|)"
        : ".*?";

    /// <summary>Null for an operator that says nothing of use.</summary>
    /// <param name="error">What is wrong with it; null if nothing is.</param>
    public static Take? Of(FormatPiece piece, out string? error)
    {
        error = null;
        return piece.Operator switch
        {
            "START_TIME" or "START_TIME_LOCAL" => Moment(piece, out error),
            "REQ" or "REQUEST_HEADER" or "STREAM_INFO_REQ" or "REQ_WITHOUT_QUERY" => Header(piece.Parameters),
            "PATH" => static (request, value) => Text(value, text => request.Path = text),
            "RESPONSE_FLAGS" => static (request, value) => Text(value, text => request.Flags = text),
            "UPSTREAM_CLUSTER" or "UPSTREAM_CLUSTER_RAW" => static (request, value) => Text(value, text => request.Cluster = text),
            "UPSTREAM_HOST" => static (request, value) => Text(value, text => request.UpstreamHost = text),
            "RESP" or "RESPONSE_HEADER" when Is(piece.Parameters, "x-envoy-upstream-service-time") => Whole(
                static (request, number) => request.ServiceTimeMs = number
            ),
            _ when Number(piece.Operator) is { } set => Whole(set),
            _ => null,
        };
    }

    /// <summary>Operators that print a whole number: what it is of a request. One that is not of use changes nothing.</summary>
    private static Action<LoggedRequest, long>? Number(string name) =>
        name switch
        {
            "RESPONSE_CODE" => static (request, number) => request.Status = (int)Math.Min(number, int.MaxValue),
            "DURATION" => static (request, number) => request.DurationMs = number,
            "BYTES_RECEIVED" => static (request, number) => request.BytesReceived = number,
            "BYTES_SENT" => static (request, number) => request.BytesSent = number,
            "UPSTREAM_REQUEST_ATTEMPT_COUNT" => static (request, number) => request.Attempts = (int)Math.Min(number, int.MaxValue),
            "REQUEST_DURATION" or "RESPONSE_DURATION" or "RESPONSE_TX_DURATION" or "CONNECTION_ID" or "UPSTREAM_CONNECTION_ID" => static (_, _) => { },
            _ => null,
        };

    private static bool IsPath(FormatPiece piece) =>
        piece.Operator == "PATH"
        || (piece.Operator is "REQ" or "REQUEST_HEADER" or "STREAM_INFO_REQ" or "REQ_WITHOUT_QUERY" && Is(piece.Parameters.Split('?')[^1], ":path"));

    /// <summary>The pseudo headers of a request; of <c>A?B</c> either.</summary>
    private static Take? Header(string parameters)
    {
        var name = parameters.Split('?')[^1];
        return Is(name, ":method") ? static (request, value) => Text(value, text => request.Method = text)
            : Is(name, ":path") ? static (request, value) => Text(value, text => request.Path = text)
            : Is(name, ":authority") || Is(name, "host") ? static (request, value) => Text(value, text => request.Host = text)
            : null;
    }

    private static Take? Moment(FormatPiece piece, out string? error)
    {
        var reader = TimeFormatReader.TryCreate(piece.Parameters, TimeZoneInfo.Utc, piece.Operator == "START_TIME_LOCAL", out error);
        return reader is null
            ? null
            : (request, value) =>
            {
                request.StartUnixNs = reader.Read(value);
                return request.StartUnixNs is not null;
            };
    }

    private static Take Whole(Action<LoggedRequest, long> set) =>
        (request, value) =>
        {
            if (value.IsEmpty || value is "-")
            {
                return true;
            }

            var isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (isNumber)
            {
                set(request, number);
            }

            return isNumber;
        };

    private static bool Text(ReadOnlySpan<char> value, Action<string> set)
    {
        if (!value.IsEmpty && value is not "-")
        {
            set(value.ToString());
        }

        return true;
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
