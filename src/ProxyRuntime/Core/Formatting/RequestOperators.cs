namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators that print something of the request or its answer that is no single header.</summary>
internal static class RequestOperators
{
    private const FormatSyntax Parameters = FormatSyntax.ParametersOptional | FormatSyntax.LengthAllowed;

    public static FormatOperator[] All =>
        [
            new("PATH", Parameters, Path),
            FormatOperator.Of(
                "QUERY_PARAM",
                FormatSyntax.ParametersRequired | FormatSyntax.LengthAllowed,
                static arguments => new QueryParameterSegment(arguments.Parameters, arguments.MaxLength)
            ),
            new("QUERY_PARAMS", Parameters, QueryParameters),
            FormatOperator.Number("REQUEST_HEADERS_BYTES", static info => info.RequestHeaders.ByteSize),
            FormatOperator.Number("RESPONSE_HEADERS_BYTES", static info => info.ResponseHeaders?.ByteSize ?? 0),
            FormatOperator.Number("RESPONSE_TRAILERS_BYTES", static info => info.ResponseTrailers?.ByteSize ?? 0),
            FormatOperator.Bytes("LOCAL_REPLY_BODY", LocalReplyBody),
            FormatOperator.Bytes("STREAM_ID", StreamId),
            FormatOperator.Text("ACCESS_LOG_TYPE", static info => info.LogType.ToString()),
            new("GRPC_STATUS", FormatSyntax.ParametersOptional, GrpcStatus),
            FormatOperator.Fixed("GRPC_STATUS_NUMBER", new GrpcStatusSegment(GrpcStatusForm.Number)),
            new("COALESCE", Parameters, CoalesceSegment.Create),
            new("XFCC_VALUE", Parameters, ForwardedCertSegment.Create),
            // There is no tracing that would know them.
            FormatOperator.Text("TRACE_ID", static _ => null),
            FormatOperator.Text("SPAN_ID", static _ => null),
        ];

    private static bool LocalReplyBody(StreamInfo info, out ReadOnlySpan<byte> value)
    {
        value = info.LocalReplyBody.Span;
        return true;
    }

    private static bool StreamId(StreamInfo info, out ReadOnlySpan<byte> value) =>
        info.RequestHeaders.TryGet(HeaderName.XRequestId, out value) && !value.IsEmpty;

    private static FormatSegment? Path(in FormatArguments arguments, out string? error)
    {
        error = null;
        var options = arguments.Parameters.Split(':');
        var query = options[0];
        var source = options.Length > 1 ? options[1] : "";
        if (query is not ("" or "WQ" or "NQ"))
        {
            error = $"Invalid PATH option: '{query}', only 'WQ'/'NQ' are allowed";
        }
        else if (source is not ("" or "ORIG" or "PATH" or "ORIG_OR_PATH"))
        {
            error = $"Invalid PATH option: '{source}', only 'ORIG'/'PATH'/'ORIG_OR_PATH' are allowed";
        }

        return error is null ? new PathSegment(query != "NQ", source != "PATH", source != "ORIG", arguments.MaxLength) : null;
    }

    private static FormatSegment? QueryParameters(in FormatArguments arguments, out string? error)
    {
        var form = arguments.Parameters;
        error = form is "" or "ORIG" or "DECODED" ? null : $"Invalid QUERY_PARAMS option: '{form}', only 'ORIG'/'DECODED' are allowed";
        return error is null ? new QuerySegment(form == "DECODED", arguments.MaxLength) : null;
    }

    private static FormatSegment? GrpcStatus(in FormatArguments arguments, out string? error)
    {
        error = null;
        GrpcStatusForm? form = arguments.Parameters switch
        {
            "" or "CAMEL_STRING" => GrpcStatusForm.Camel,
            "SNAKE_STRING" => GrpcStatusForm.Snake,
            "NUMBER" => GrpcStatusForm.Number,
            _ => null,
        };
        if (form is { } known)
        {
            return new GrpcStatusSegment(known);
        }

        error = "GrpcStatusFormatter only supports CAMEL_STRING, SNAKE_STRING or NUMBER.";
        return null;
    }

    /// <summary>The path before or after rewriting.</summary>
    private sealed class PathSegment(bool withQuery, bool original, bool current, int maxLength) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var path = original ? info.RequestHeaders.Get(HeaderName.XEnvoyOriginalPath) : default;
            if (path.IsEmpty && current)
            {
                path = info.RequestHeaders.Get(HeaderName.Path);
            }

            if (path.IsEmpty)
            {
                return false;
            }

            if (!withQuery && path.IndexOf((byte)'?') is var query and >= 0)
            {
                path = path[..query];
            }

            output.Append(path[..Math.Min(path.Length, maxLength)]);
            return true;
        }
    }

    /// <summary>All that stands behind the question mark.</summary>
    private sealed class QuerySegment(bool decoded, int maxLength) : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var path = info.RequestHeaders.Get(HeaderName.Path);
            var mark = path.IndexOf((byte)'?');
            if (mark < 0 || mark + 1 == path.Length)
            {
                return false;
            }

            var start = output.Length;
            if (decoded)
            {
                PercentEncoding.Decode(path[(mark + 1)..], output);
            }
            else
            {
                output.Append(path[(mark + 1)..]);
            }

            output.Truncate(start + Math.Min(maxLength, output.Length - start));
            return true;
        }
    }

    /// <summary>The first value of a parameter, name and value decoded.</summary>
    private sealed class QueryParameterSegment(string name, int maxLength) : FormatSegment
    {
        private readonly byte[] name = System.Text.Encoding.UTF8.GetBytes(name);

        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var path = info.RequestHeaders.Get(HeaderName.Path);
            var mark = path.IndexOf((byte)'?');
            var query = mark < 0 ? default : path[(mark + 1)..];
            var start = output.Length;
            while (QueryString.TryTake(ref query, out var key, out var value))
            {
                PercentEncoding.Decode(key, output);
                var found = output.Written[start..].SequenceEqual(name);
                output.Truncate(start);
                if (found)
                {
                    PercentEncoding.Decode(value, output);
                    output.Truncate(start + Math.Min(maxLength, output.Length - start));
                    return true;
                }
            }

            return false;
        }
    }
}
