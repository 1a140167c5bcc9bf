using System.Globalization;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Type.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Clusters, their outlier detection and their circuit breakers.</summary>
internal static class ClusterChecks
{
    /// <summary>base_ejection_time where it is not given.</summary>
    private static readonly Duration DefaultBaseEjectionTime = new() { Seconds = 30 };

    public static void Check(SourceMap map, Cluster cluster)
    {
        if (cluster.Type == Cluster.Types.DiscoveryType.Eds && cluster.EdsClusterConfig?.EdsConfig is null)
        {
            map.Problem(cluster, "eds_cluster_config", "cannot create an EDS cluster without an EDS config; accepted is an eds_config");
        }

        if (cluster.Type != Cluster.Types.DiscoveryType.Eds && cluster.EdsClusterConfig is not null)
        {
            map.Problem(cluster, "eds_cluster_config", "eds_cluster_config set in a non-EDS cluster");
        }

        LoadBalancingChecks.Check(map, cluster);
        if (cluster.Type == Cluster.Types.DiscoveryType.OriginalDst && cluster.ClusterType is null)
        {
            CheckOriginalDst(map, cluster);
        }
    }

    /// <summary>Also one that a cluster brings along as load_assignment.</summary>
    public static void Check(SourceMap map, ClusterLoadAssignment assignment)
    {
        if (assignment.Policy is { DropOverloads.Count: > 1 and var categories } policy)
        {
            map.Problem(policy, "drop_overloads", $"Cluster drop_overloads config has {categories} categories. Envoy only support one.");
        }

        foreach (var drop in assignment.Policy?.DropOverloads ?? [])
        {
            var denominator = Denominator(drop.DropPercentage?.Denominator ?? default);
            if (drop.DropPercentage is { } percentage && percentage.Numerator > denominator)
            {
                var ratio = string.Create(CultureInfo.InvariantCulture, $"{(double)percentage.Numerator / denominator}");
                map.Problem(
                    drop,
                    "drop_percentage",
                    $"Cluster drop_overloads config is invalid. drop_ratio={ratio}(Numerator {percentage.Numerator} / Denominator {denominator}). The valid range is 0~1."
                );
            }
        }
    }

    private static void CheckOriginalDst(SourceMap map, Cluster cluster)
    {
        if (cluster.LbPolicy != Cluster.Types.LbPolicy.ClusterProvided)
        {
            var policy = map.Of(cluster).Fields.ContainsKey("lb_policy") ? "lb_policy" : "type";
            map.Problem(
                cluster,
                policy,
                $"cluster: LB policy {PolicyName(cluster.LbPolicy)} is not valid for Cluster type ORIGINAL_DST. Only 'CLUSTER_PROVIDED' is allowed with cluster type 'ORIGINAL_DST'"
            );
        }

        if (cluster.LoadAssignment is not null)
        {
            map.Problem(cluster, "load_assignment", "ORIGINAL_DST clusters must have no load assignment configured");
        }

        if (cluster.OriginalDstLbConfig is { UseHttpHeader: false, HttpHeaderName.Length: > 0 } settings)
        {
            map.Problem(
                settings,
                "http_header_name",
                $"ORIGINAL_DST cluster: invalid config http_header_name={settings.HttpHeaderName} and use_http_header is false. Set use_http_header to true if http_header_name is desired."
            );
        }

        if (cluster.LbSubsetConfig is { SubsetSelectors.Count: > 0 } subsets)
        {
            map.Problem(subsets, "subset_selectors", "cluster: LB policy CLUSTER_PROVIDED cannot be combined with lb_subset_config");
        }
    }

    private static string PolicyName(Cluster.Types.LbPolicy policy) =>
        policy switch
        {
            Cluster.Types.LbPolicy.LeastRequest => "LEAST_REQUEST",
            Cluster.Types.LbPolicy.RingHash => "RING_HASH",
            Cluster.Types.LbPolicy.Random => "RANDOM",
            Cluster.Types.LbPolicy.Maglev => "MAGLEV",
            Cluster.Types.LbPolicy.RoundRobin => "ROUND_ROBIN",
            _ => policy.ToString(),
        };

    /// <summary>A dns_failure_refresh_rate.</summary>
    public static void Check(SourceMap map, IMessage rate, Duration? baseInterval, Duration? maxInterval)
    {
        if (baseInterval is not null && maxInterval is not null && Seconds(maxInterval) < Seconds(baseInterval))
        {
            map.Problem(rate, "max_interval", "dns_failure_refresh_rate must have max_interval greater than or equal to the base_interval");
        }
    }

    public static void Check(SourceMap map, OutlierDetection outlier)
    {
        if (outlier.MaxEjectionTime is { } max && Seconds(max) < Seconds(outlier.BaseEjectionTime ?? DefaultBaseEjectionTime))
        {
            var floor = DurationText.Write(outlier.BaseEjectionTime ?? DefaultBaseEjectionTime);
            map.Problem(outlier, "max_ejection_time", $"outlier detector's max_ejection_time cannot be smaller than base_ejection_time ({floor})");
        }
    }

    public static void Check(SourceMap map, CircuitBreakers breakers)
    {
        foreach (var threshold in breakers.PerHostThresholds)
        {
            foreach (var field in map.Of(threshold).Fields.Keys.Where(static name => name is not ("priority" or "max_connections")))
            {
                map.Problem(threshold, field, "Unsupported field in per_host_thresholds; accepted: max_connections");
            }
        }
    }

    private static uint Denominator(FractionalPercent.Types.DenominatorType type) =>
        type switch
        {
            FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
            FractionalPercent.Types.DenominatorType.Million => 1_000_000,
            _ => 100,
        };

    private static decimal Seconds(Duration duration) => duration.Seconds + (duration.Nanos / 1_000_000_000m);
}
