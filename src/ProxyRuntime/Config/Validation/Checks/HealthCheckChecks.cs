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
            map.Problem(
                cluster,
                "health_checks",
                "health check at index 0 is missing a name; all health checks must have a name when multiple health checks are configured; names are not read yet, accepted is one health check"
            );
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
