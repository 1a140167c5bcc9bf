namespace MeshSim.ProxyRuntime.Core;

/// <summary>Operators that print a header: the first line of a name, or of a second one in its absence.</summary>
internal static class HeaderOperators
{
    private const FormatSyntax Syntax = FormatSyntax.ParametersRequired | FormatSyntax.LengthAllowed;

    public static FormatOperator[] All =>
        [
            Of("REQ", static info => info.RequestHeaders),
            Of("REQUEST_HEADER", static info => info.RequestHeaders),
            Of("STREAM_INFO_REQ", static info => info.RequestHeaders),
            Of("RESP", static info => info.ResponseHeaders),
            Of("RESPONSE_HEADER", static info => info.ResponseHeaders),
            Of("TRAILER", static info => info.ResponseTrailers),
            Of("RESPONSE_TRAILER", static info => info.ResponseTrailers),
            Of("REQ_WITHOUT_QUERY", static info => info.RequestHeaders, withoutQuery: true),
        ];

    private static FormatOperator Of(string name, Func<StreamInfo, HeaderMap?> map, bool withoutQuery = false) =>
        new(name, Syntax, (in arguments, out error) => Header(arguments, map, withoutQuery, out error));

    private static HeaderSegment? Header(in FormatArguments arguments, Func<StreamInfo, HeaderMap?> map, bool withoutQuery, out string? error)
    {
        error = null;
        var names = arguments.Parameters.Split('?');
        if (names.Length > 2)
        {
            error = $"More than 1 alternative header specified in token: {arguments.Parameters}";
        }
        else if (!names.All(IsName))
        {
            error = "Invalid header configuration. Format string contains invalid characters.";
        }

        return error is null
            ? new HeaderSegment(map, HeaderName.Of(names[0]), names.Length == 2 ? HeaderName.Of(names[1]) : null, arguments.MaxLength, withoutQuery)
            : null;
    }

    /// <summary>A token, or a pseudo header, or nothing.</summary>
    private static bool IsName(string name)
    {
        foreach (var c in name.AsSpan(name.StartsWith(':') ? 1 : 0))
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class HeaderSegment(Func<StreamInfo, HeaderMap?> map, HeaderName name, HeaderName? alternative, int maxLength, bool withoutQuery)
        : FormatSegment
    {
        public override bool Write(StreamInfo info, ByteBuffer output)
        {
            var headers = map(info);
            if (headers is null || !(headers.TryGet(name, out var value) || (alternative is not null && headers.TryGet(alternative, out value))))
            {
                return false;
            }

            if (withoutQuery && value.IndexOf((byte)'?') is var query and >= 0)
            {
                value = value[..query];
            }

            output.Append(value[..Math.Min(value.Length, maxLength)]);
            return true;
        }
    }
}
