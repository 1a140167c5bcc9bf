using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>How the router went about a request.</summary>
internal static class PlanText
{
    public static void Write(Explanation explanation, TextTable table)
    {
        if (explanation.Plan is not { } plan)
        {
            return;
        }

        table.Section("UPSTREAM", $"cluster '{plan.Cluster.Name}', {Words.Upper(plan.Cluster.Type)}, {plan.Cluster.LoadBalancing.Policy.Name}");
        List<string[]> rows = [];
        AddTimeouts(plan, rows);
        AddRetries(plan, rows);
        AddHosts(plan, rows);
        AddMirrors(explanation, plan, rows);
        rows.AddRange(explanation.RateLimits.Select(static (limit, i) => new[] { i == 0 ? "rate limits" : "", RateLimit(limit) }));
        AddTries(explanation, rows);
        table.Rows(2, rows);
    }

    private static void AddTimeouts(RoutePlan plan, List<string[]> rows)
    {
        rows.Add(["timeout", plan.TimeoutNs == 0 ? "none" : $"{Words.Duration(plan.TimeoutNs)} for all attempts together"]);
        Add(rows, "per try", plan.PerTryTimeoutNs, plan.Hedging ? ", then another attempt is started beside the slow one" : "");
        Add(rows, "per try idle", plan.PerTryIdleTimeoutNs, "");
        Add(rows, "duration", plan.MaxStreamDurationNs, " for an attempt, its response included");
        rows.Add(["idle", plan.StreamIdleTimeoutNs == 0 ? "no limit" : Words.Duration(plan.StreamIdleTimeoutNs)]);
    }

    private static void Add(List<string[]> rows, string name, long ns, string more)
    {
        if (ns > 0)
        {
            rows.Add([name, Words.Duration(ns) + more]);
        }
    }

    private static void AddRetries(RoutePlan plan, List<string[]> rows)
    {
        if (plan.Retries is not { } retries)
        {
            rows.Add(["retries", "none"]);
            return;
        }

        var on =
            retries.On == RetryOn.None
                ? "nothing: no retriable_request_headers fits"
                : RetryOnTokens.Write(retries.On).Replace(",", ", ", StringComparison.Ordinal);
        rows.Add(["retries", string.Create(CultureInfo.InvariantCulture, $"at most {retries.Limit}, on {on}")]);
        rows.Add(["back-off", string.Create(CultureInfo.InvariantCulture, $"from 0 to below {retries.BaseMs} ms, doubling up to {retries.MaxMs} ms")]);
        if (!retries.StatusCodes.IsEmpty)
        {
            rows.Add(["", $"retriable status codes: {string.Join(", ", retries.StatusCodes)}"]);
        }

        rows.AddRange(retries.ResponseHeaders.Select(static header => new[] { "", $"retriable if {header}" }));
        rows.AddRange(retries.Policy.HostPredicates.Select(static predicate => new[] { "", $"host predicate {Words.Predicate(predicate)}" }));
        if (retries.Policy.PriorityUpdateFrequency > 0)
        {
            rows.Add(["", string.Create(CultureInfo.InvariantCulture, $"other priorities after every {retries.Policy.PriorityUpdateFrequency} attempts")]);
        }
    }

    private static void AddHosts(RoutePlan plan, List<string[]> rows)
    {
        if (plan.Subset.Length > 0)
        {
            rows.Add(["subset", plan.Subset]);
        }

        if (plan.Action.Priority != RoutingPriority.Default)
        {
            rows.Add(["priority", $"{Words.Upper(plan.Action.Priority)}: its circuit breakers count"]);
        }

        if (!plan.Action.HashPolicies.IsEmpty)
        {
            var hash = plan.Hash is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:x16}") : "none";
            rows.Add(["hash", $"{hash}, of {string.Join(", ", plan.Action.HashPolicies.Select(Words.Hash))}"]);
        }

        if (plan.Action.InternalRedirect is { } redirect)
        {
            var codes = string.Join(", ", redirect.Codes);
            rows.Add(["redirects", string.Create(CultureInfo.InvariantCulture, $"followed within the proxy: {codes}, at most {redirect.MaxRedirects}")]);
        }
    }

    private static void AddMirrors(Explanation explanation, RoutePlan plan, List<string[]> rows)
    {
        var label = "mirrors";
        foreach (var mirror in plan.Mirrors)
        {
            var call = explanation.Calls.FirstOrDefault(call => call.IsMirror && call.Cluster == mirror.Cluster);
            var what =
                !mirror.ClusterKnown ? "which does not exist: nothing is copied"
                : !mirror.Taken ? "not copied this time"
                : call is { Host.Length: > 0 } ? $"copied to {call.Host} as {Authority(call)}"
                : "copied";
            rows.Add([label, $"cluster '{mirror.Cluster}' ({Words.Fraction(mirror.Fraction)}), {what}"]);
            label = "";
        }
    }

    private static string Authority(OwnCall call) => call.Headers.Lines.FirstOrDefault(static line => line.Name == ":authority")?.Value ?? "";

    private static string RateLimit(RateLimitText limit)
    {
        var of = limit.OfVirtualHost ? "virtual host" : "route";
        var stage = limit.Stage > 0 ? string.Create(CultureInfo.InvariantCulture, $", stage {limit.Stage}") : "";
        var entries = limit.Entries.IsEmpty
            ? "no descriptor: one of its actions finds nothing"
            : string.Join(", ", limit.Entries.Select(static entry => $"{entry.Name}={entry.Value}"));
        return $"{entries}  ({of}{stage})";
    }

    private static void AddTries(Explanation explanation, List<string[]> rows)
    {
        for (var i = 0; i < explanation.Tries.Length; i++)
        {
            var attempt = explanation.Tries[i];
            var answer = attempt.Status == 0 ? "given up" : string.Create(CultureInfo.InvariantCulture, $"answers {attempt.Status}");
            var at = attempt.AtNs > 0 ? $" at {Words.Duration(attempt.AtNs)}" : "";
            rows.Add([string.Create(CultureInfo.InvariantCulture, $"attempt {i + 1}"), $"{attempt.Host}{at}, {answer}"]);
        }
    }
}
