using System.Text;
using System.Text.Json;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>How the lines of an access log are read: the way back of a format with command operators, of text or of JSON.</summary>
/// <param name="name">What it is called in messages.</param>
public abstract class LogFormat(string name)
{
    /// <summary>What istio-proxy writes with accessLogEncoding TEXT and no format of its own.</summary>
    public const string IstioText =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% "
        + "%DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
        + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% "
        + "%DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    /// <summary>What istio-proxy writes with accessLogEncoding JSON, as far as it is of use here.</summary>
    public const string IstioJson = """
        {"start_time": "%START_TIME%", "method": "%REQ(:METHOD)%", "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%", "authority": "%REQ(:AUTHORITY)%",
         "response_code": "%RESPONSE_CODE%", "response_flags": "%RESPONSE_FLAGS%", "bytes_received": "%BYTES_RECEIVED%", "bytes_sent": "%BYTES_SENT%",
         "duration": "%DURATION%", "upstream_service_time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%", "upstream_host": "%UPSTREAM_HOST%",
         "upstream_cluster": "%UPSTREAM_CLUSTER_RAW%"}
        """;

    private static readonly (string Name, string Text)[] Known = [("envoy", SubstitutionFormat.DefaultText), ("istio", IstioText), ("istio-json", IstioJson)];

    /// <summary>What it is called in messages.</summary>
    public string Name => name;

    /// <summary>Those that are tried where none is given.</summary>
    public static IEnumerable<LogFormat> Usual => Known.Select(static known => TryCreate(known.Text, known.Name, out _)!);

    /// <summary>A name, a text with operators, or a JSON object of such texts.</summary>
    /// <param name="error">What is wrong with it, and what would be accepted; null if nothing is.</param>
    public static LogFormat? TryCreate(string text, out string? error)
    {
        if (Array.Find(Known, known => known.Name == text).Text is { } known)
        {
            return TryCreate(known, text, out error);
        }

        if (text.Contains('%', StringComparison.Ordinal))
        {
            return TryCreate(text, "as given", out error);
        }

        error =
            $"'{text}' is not accepted{NearestWord.Suggest(text, Known.Select(static known => known.Name))}; accepted are envoy, istio, istio-json, "
            + "a format string with its operators such as '[%START_TIME%] %REQ(:METHOD)% …', or a JSON object of such strings";
        return null;
    }

    /// <summary>The format of a log in a configuration.</summary>
    public static LogFormat? Of(SubstitutionFormat format, string name) =>
        format.Json is { } json ? JsonLogFormat.TryCreate(json, name, out _) : TextLogFormat.TryCreate(format.Text.Span, name, out _);

    /// <summary>The request a line tells; null, with what is wrong, if it is none of this format.</summary>
    public abstract LoggedRequest? Read(string line, out string? error);

    /// <summary>Takes one operator's value; false, with what is wrong, if it is none.</summary>
    internal static bool Take(FormatPiece piece, LogOperators.Take? take, LoggedRequest request, ReadOnlySpan<char> value, out string? error)
    {
        error = take is null || take(request, value) ? null : $"'{value}' is no value of %{piece.Operator}%";
        return error is null;
    }

    /// <summary>What the operators of a format tell; a problem where one is unknown or cannot be read back, or the time of requests is missing.</summary>
    internal static string? ProblemOf(IReadOnlyCollection<FormatPiece> operators)
    {
        foreach (var piece in operators)
        {
            if (!SubstitutionFormat.OperatorNames.Contains(piece.Operator, StringComparer.Ordinal))
            {
                return $"Not supported field in StreamInfo: {piece.Operator}{NearestWord.Suggest(piece.Operator, SubstitutionFormat.OperatorNames)}";
            }

            _ = LogOperators.Of(piece, out var error);
            if (error is not null)
            {
                return $"%{piece.Operator}({piece.Parameters})%: {error}";
            }
        }

        return operators.Any(static piece => piece.Operator is "START_TIME" or "START_TIME_LOCAL")
            ? null
            : "the format has no %START_TIME%, so nobody can tell when requests came";
    }

    private static LogFormat? TryCreate(string text, string name, out string? error)
    {
        if (!text.TrimStart().StartsWith('{'))
        {
            return TextLogFormat.TryCreate(Encoding.UTF8.GetBytes(text), name, out error);
        }

        try
        {
            return JsonLogFormat.TryCreate(MetadataJson.Parse(Encoding.UTF8.GetBytes(text)), name, out error);
        }
        catch (JsonException e)
        {
            error = $"the format is not valid JSON: {e.Message}";
            return null;
        }
    }
}
