using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MeshSim.Scenarios.Play;

/// <summary>Replaces what differs from run to run by its shape, as the harness does.</summary>
internal static partial class Mask
{
    /// <summary>What the simulated proxy believes to be its machine's address.</summary>
    public const string OwnAddress = "192.0.2.10";

    private static readonly HashSet<string> Volatile = new(StringComparer.Ordinal)
    {
        "date",
        "x-request-id",
        "x-envoy-upstream-service-time",
        "x-b3-traceid",
        "x-b3-spanid",
        "x-b3-parentspanid",
        "traceparent",
    };

    /// <summary>Pairs of name and value, sorted.</summary>
    public static JsonArray Headers(IEnumerable<(string Name, string Value)> headers) =>
        [
            .. headers
                .Select(static header =>
                    (
                        header.Name,
                        Value: Ports(
                            (Volatile.Contains(header.Name) ? Shape(header.Value) : header.Value).Replace(OwnAddress, "<own address>", StringComparison.Ordinal)
                        )
                    )
                )
                .OrderBy(static header => header.Name, StringComparer.Ordinal)
                .ThenBy(static header => header.Value, StringComparer.Ordinal)
                .Select(static header => new JsonArray(header.Name, header.Value)),
        ];

    /// <summary>Ports of this machine's own, but those the cases name.</summary>
    public static string Ports(string text) =>
        LoopbackPort()
            .Replace(
                text,
                static match =>
                    int.TryParse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture, out var port) && port is >= 21_000 and < 22_000
                        ? match.Value
                        : "127.0.0.1:<port>"
            );

    private static string Shape(string value)
    {
        if (Uuid().IsMatch(value))
        {
            return "<uuid>";
        }

        if (value.Length > 0 && value.All(char.IsAsciiDigit))
        {
            return "<int>";
        }

        return value.Length > 0 && value.All(static c => char.IsAsciiHexDigitLower(c) || c == '-') ? "<hex>" : "<set>";
    }

    [GeneratedRegex(@"127\.0\.0\.1:(?<port>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LoopbackPort();

    [GeneratedRegex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Uuid();
}
