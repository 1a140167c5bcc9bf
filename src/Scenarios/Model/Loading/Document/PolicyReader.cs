using System.Collections.Immutable;
using System.Globalization;

namespace MeshSim.Scenarios.Model;

/// <summary>Reads <c>policies</c> of the short form, as lines of Envoy configuration.</summary>
internal static class PolicyReader
{
    private static readonly string[] Balancers = ["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM", "RING_HASH", "MAGLEV"];

    /// <summary>What says nothing is as <paramref name="usual"/>, as a whole.</summary>
    public static MeshPolicies Read(FieldReader outer, MeshPolicies usual, string about)
    {
        if (outer.Object("policies", "none", about) is not { } fields)
        {
            return usual;
        }

        var route = ImmutableArray.CreateBuilder<string>();
        var cluster = ImmutableArray.CreateBuilder<string>();
        route.Add($"timeout: {Seconds(fields.DurationNs("timeout", "15s", "for all attempts together; 0s for none"))}");
        cluster.Add($"lb_policy: {fields.Word("lb", Balancers, "ROUND_ROBIN", "Envoy's lb_policy")}");
        cluster.Add($"connect_timeout: {Seconds(fields.DurationNs("connect_timeout", "5s", "until a connection is up", positive: true))}");
        Retries(fields, route);
        Outlier(fields, cluster);
        Breakers(fields, cluster);
        fields.End();
        return new MeshPolicies(route.ToImmutable(), cluster.ToImmutable());
    }

    private static void Retries(FieldReader outer, ImmutableArray<string>.Builder route)
    {
        if (outer.Object("retries", "none", "attempts after the first") is not { } fields)
        {
            return;
        }

        var count = fields.Integer("attempts", 2, 0, 1000, "num_retries");
        var on = fields.Text(
            "retry_on",
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes,503",
            "retry_on; statuses among the words become retriable_status_codes"
        );
        var perTry = fields.OptionalDurationNs("per_try_timeout", "none", "per_try_timeout");
        var words = on.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] statuses = [.. words.Where(static word => word.All(char.IsAsciiDigit))];
        string[] reasons = [.. words.Except(statuses, StringComparer.Ordinal)];
        if (statuses.Length > 0 && !reasons.Contains("retriable-status-codes", StringComparer.Ordinal))
        {
            reasons = [.. reasons, "retriable-status-codes"];
        }

        List<string> parts = [$"retry_on: \"{string.Join(',', reasons)}\"", string.Create(CultureInfo.InvariantCulture, $"num_retries: {count}")];
        if (statuses.Length > 0)
        {
            parts.Add($"retriable_status_codes: [{string.Join(", ", statuses)}]");
        }

        if (perTry is { } ns)
        {
            parts.Add($"per_try_timeout: {Seconds(ns)}");
        }

        route.Add($"retry_policy: {{{string.Join(", ", parts)}}}");
        fields.End();
    }

    private static void Outlier(FieldReader outer, ImmutableArray<string>.Builder cluster)
    {
        if (outer.Object("outlier", "none", "outlier_detection") is not { } fields)
        {
            return;
        }

        var parts = new[]
        {
            Whole("consecutive_5xx", fields.Integer("consecutive_5xx", 5, 0, int.MaxValue, "failures in a row")),
            $"interval: {Seconds(fields.DurationNs("interval", "10s", "between sweeps", positive: true))}",
            $"base_ejection_time: {Seconds(fields.DurationNs("base_ejection_time", "30s", "how long the first ejection lasts", positive: true))}",
            Whole("max_ejection_percent", fields.Integer("max_ejection_percent", 10, 0, 100, "of the hosts, at most")),
        };
        cluster.Add($"outlier_detection: {{{string.Join(", ", parts)}}}");
        fields.End();
    }

    private static void Breakers(FieldReader outer, ImmutableArray<string>.Builder cluster)
    {
        if (outer.Object("breakers", "Envoy's defaults", "circuit_breakers") is not { } fields)
        {
            return;
        }

        var parts = new[]
        {
            Whole("max_connections", fields.Integer("max_connections", 1024, 0, int.MaxValue, "connections")),
            Whole("max_pending_requests", fields.Integer("max_pending_requests", 1024, 0, int.MaxValue, "requests that wait for a connection")),
            Whole("max_requests", fields.Integer("max_requests", 1024, 0, int.MaxValue, "requests at once")),
            Whole("max_retries", fields.Integer("max_retries", 3, 0, int.MaxValue, "retries at once")),
        };
        cluster.Add($"circuit_breakers: {{thresholds: [{{{string.Join(", ", parts)}}}]}}");
        fields.End();
    }

    private static string Whole(string name, int value) => string.Create(CultureInfo.InvariantCulture, $"{name}: {value}");

    private static string Seconds(long ns) => string.Create(CultureInfo.InvariantCulture, $"{ns / 1e9:0.#########}s");
}
