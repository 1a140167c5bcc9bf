using System.Globalization;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>How the router went about a request, for programs.</summary>
internal static class PlanJson
{
    public static void Write(RoutePlan plan, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("cluster", plan.Cluster.Name);
        json.WriteString("type", Words.Upper(plan.Cluster.Type));
        json.WriteString("lb_policy", plan.Cluster.LoadBalancing.Policy.Name);
        json.WriteString("priority", Words.Upper(plan.Action.Priority));
        json.WriteNumber("timeout_ns", plan.TimeoutNs);
        json.WriteNumber("per_try_timeout_ns", plan.PerTryTimeoutNs);
        json.WriteNumber("per_try_idle_timeout_ns", plan.PerTryIdleTimeoutNs);
        json.WriteBoolean("hedge_on_per_try_timeout", plan.Hedging);
        json.WriteNumber("max_stream_duration_ns", plan.MaxStreamDurationNs);
        json.WriteNumber("idle_timeout_ns", plan.StreamIdleTimeoutNs);
        json.WriteNumber("buffer_limit_bytes", plan.BufferLimit);
        if (plan.Subset.Length > 0)
        {
            json.WritePropertyName("subset");
            json.WriteRawValue(plan.Subset, skipInputValidation: true);
        }

        if (plan.Retries is { } retries)
        {
            Write(retries, json);
        }

        if (!plan.Action.HashPolicies.IsEmpty)
        {
            json.WriteString("hash", plan.Hash?.ToString("x16", CultureInfo.InvariantCulture));
        }

        json.WriteStartArray("mirrors");
        foreach (var mirror in plan.Mirrors)
        {
            json.WriteStartObject();
            json.WriteString("cluster", mirror.Cluster);
            json.WriteBoolean("cluster_known", mirror.ClusterKnown);
            json.WriteBoolean("taken", mirror.Taken);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(RetryPlan retries, Utf8JsonWriter json)
    {
        json.WriteStartObject("retries");
        json.WriteString("retry_on", RetryOnTokens.Write(retries.On));
        json.WriteNumber("num_retries", retries.Limit);
        json.WriteNumber("back_off_base_ms", retries.BaseMs);
        json.WriteNumber("back_off_max_ms", retries.MaxMs);
        json.WriteStartArray("retriable_status_codes");
        foreach (var code in retries.StatusCodes)
        {
            json.WriteNumberValue(code);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
