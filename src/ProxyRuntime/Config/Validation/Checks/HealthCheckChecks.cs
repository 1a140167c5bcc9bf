using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Type.V3;
using HttpOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Active health checks of clusters.</summary>
internal static class HealthCheckChecks
{
    private const string HttpOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public static void Check(SourceMap map, Cluster cluster)
    {
        if (cluster.HealthChecks.Count > 1)
        {
            CheckNames(map, cluster);
        }

        foreach (var check in cluster.HealthChecks)
        {
            if (check.GrpcHealthCheck is not null && !SpeaksHttp2(map, cluster))
            {
                map.Problem(check, "grpc_health_check", $"{cluster.Name} cluster must support HTTP/2 for gRPC healthchecking");
            }
        }
    }

    public static void Check(SourceMap map, HealthCheck.Types.HttpHealthCheck check)
    {
        CheckRanges(map, check, "expected_statuses", "expected", check.ExpectedStatuses);
        CheckRanges(map, check, "retriable_statuses", "retriable", check.RetriableStatuses);
        if (
            check.Send is not null
            && check.Method is RequestMethod.MethodUnspecified or RequestMethod.Get or RequestMethod.Head or RequestMethod.Delete or RequestMethod.Trace
        )
        {
            var method = check.Method == RequestMethod.MethodUnspecified ? "GET" : check.Method.ToString().ToUpperInvariant();
            map.Problem(
                check,
                "send",
                $"HTTP health check cannot specify a request payload with method '{method}'. Only methods that support a request body (POST, PUT, PATCH, OPTIONS) can be used with payload."
            );
        }

        var expected = HealthPayload.All(check.Receive).Sum(static payload => (long)payload.Length);
        var buffer = check.ResponseBufferSize ?? 1024;
        if (buffer > 0 && (ulong)expected > buffer)
        {
            map.Problem(check, "receive", $"The expected response length '{expected}' is over than http health response buffer size '{buffer}'");
        }
    }

    public static void Check(SourceMap map, HealthCheck.Types.Payload payload)
    {
        if (
            payload.PayloadCase == HealthCheck.Types.Payload.PayloadOneofCase.Text
            && payload.Text.Length > 0
            && !HealthPayload.TryParseHex(payload.Text, out _)
        )
        {
            map.Problem(payload, "text", $"invalid hex string '{payload.Text}'; accepted are pairs of hexadecimal digits, for example 50494E47");
        }
    }

    /// <summary>Several checks are told apart by their names.</summary>
    private static void CheckNames(SourceMap map, Cluster cluster)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (var i = 0; i < cluster.HealthChecks.Count; i++)
        {
            var name = cluster.HealthChecks[i].Name;
            if (name.Length == 0)
            {
                map.Problem(
                    cluster,
                    "health_checks",
                    $"health check at index {i} is missing a name; all health checks must have a name when multiple health checks are configured"
                );
            }
            else if (!names.Add(name))
            {
                map.Problem(
                    cluster,
                    "health_checks",
                    $"duplicate health check name '{name}' at index {i}; all health check names must be unique within a cluster"
                );
            }
        }
    }

    private static void CheckRanges(SourceMap map, HealthCheck.Types.HttpHealthCheck check, string field, string kind, IReadOnlyList<Int64Range> ranges)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            var (start, end) = (ranges[i].Start, ranges[i].End);
            if (start >= end)
            {
                map.Problem(check, field, i, $"Invalid http {kind} status range: expecting start < end, but found start={start} and end={end}");
            }
            else if (start < 100 || end > 600)
            {
                map.Problem(check, field, i, $"Invalid http {kind} status range: expecting start >= 100 and end <= 600, but found start={start} and end={end}");
            }
        }
    }

    private static bool SpeaksHttp2(SourceMap map, Cluster cluster)
    {
        if (cluster.Http2ProtocolOptions is not null)
        {
            return true;
        }

        return cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptionsKey, out var any)
            && map.Content(any) is HttpOptions options
            && (
                options.ExplicitHttpConfig?.Http2ProtocolOptions is not null
                || options.AutoConfig is not null
                || options.UseDownstreamProtocolConfig?.Http2ProtocolOptions is not null
            );
    }
}
