using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>A span of a trace: a hop (server) or an attempt (client). The id of the trace is the request id, so that logs and traces can be held together.</summary>
/// <param name="StartNs">Nanoseconds since the Unix epoch; a simulated run begins at 0.</param>
internal sealed record Span(
    string TraceId,
    string Id,
    string? ParentId,
    string Service,
    string Name,
    bool IsServer,
    string Peer,
    long StartNs,
    long EndNs,
    bool Failed,
    ImmutableArray<(string Key, string Value)> Tags
)
{
    private const int TraceDigits = 32;

    /// <summary>Spans of all hops that were kept.</summary>
    public static IEnumerable<Span> Of(RunResult result)
    {
        var names = new AddressBook(result);
        var tree = new HopTree(result, names);
        foreach (var hop in tree.Hops)
        {
            var start = result.BeginUnixNs + hop.StartNs;
            var trace = TraceOf(hop);
            yield return new Span(
                trace,
                IdOf(hop, null),
                tree.Outer(hop) is { } outer ? IdOf(outer.Hop, outer.Attempt) : null,
                hop.Proxy,
                $"{hop.Method} {hop.Authority}",
                IsServer: true,
                "",
                start,
                start + hop.DurationNs,
                hop.Status is 0 or >= 500,
                [
                    ("http.method", hop.Method),
                    ("http.url", $"http://{hop.Authority}{hop.Path}"),
                    ("http.status_code", Number(hop.Status)),
                    ("response_flags", hop.Flags.Length == 0 ? "-" : hop.Flags),
                    ("response_code_details", hop.Details),
                    ("upstream_cluster", hop.Cluster.Length == 0 ? "-" : hop.Cluster),
                    ("guid:x-request-id", hop.RequestId),
                ]
            );
            foreach (var attempt in hop.Attempts)
            {
                yield return new Span(
                    trace,
                    IdOf(hop, attempt),
                    IdOf(hop, null),
                    hop.Proxy,
                    $"router {attempt.Cluster} egress",
                    IsServer: false,
                    names.Name(hop.Proxy, attempt.Host),
                    start + attempt.AskedNs,
                    start + attempt.EndNs,
                    attempt.End is not (nameof(AttemptEnd.Answered) or nameof(AttemptEnd.GivenUp)) || attempt.Status >= 500,
                    [
                        ("upstream_address", attempt.Host),
                        ("http.status_code", Number(attempt.Status)),
                        ("retry.count", Number(attempt.Number - 1)),
                        ("meshsim.end", attempt.Reason.Length == 0 ? attempt.End : $"{attempt.End} {attempt.Reason}"),
                        ("meshsim.back_off_ms", Number(attempt.BackOffNs / 1_000_000)),
                    ]
                );
            }
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The request id without its dashes if it has the form of one, else a hash.</summary>
    private static string TraceOf(RequestHop hop)
    {
        var digits = hop.RequestId.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length == TraceDigits && digits.All(char.IsAsciiHexDigit) ? digits
            : hop.RequestId.Length > 0 ? $"{Hex(StableHash.Of(hop.RequestId, 1))}{Hex(StableHash.Of(hop.RequestId, 2))}"
            : $"{Hex(StableHash.Of(hop.Proxy, 3))}{IdOf(hop, null)}";
    }

    private static string IdOf(RequestHop hop, HopAttempt? attempt) =>
        Hex(
            StableHash.Of(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{hop.Proxy} {hop.RequestId} {hop.StartNs} {hop.DurationNs} {attempt?.Number ?? 0} {attempt?.AskedNs ?? 0}"
                )
            )
        );

    private static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);
}
