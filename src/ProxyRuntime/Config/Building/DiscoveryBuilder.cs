using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Clusters.Dns.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using NewLookupFamily = Envoy.Extensions.Clusters.Common.Dns.V3.DnsLookupFamily;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>How a cluster finds its endpoints: <c>type</c>, or <c>cluster_type</c> with an extension.</summary>
internal sealed class DiscoveryBuilder(BuildContext context)
{
    public Discovery Build(Cluster cluster)
    {
        if (cluster.ClusterType is { } extension)
        {
            const string Category = "envoy.extensions.clusters.";
            return context.Extension(extension, extension.Name, extension.TypedConfig, Category, DnsCluster.Descriptor) is DnsCluster dns
                ? FromExtension(dns)
                : new Discovery(DiscoveryType.Static, ClusterSnapshot.DefaultDnsRefreshRateNs, DnsLookupFamily.Auto);
        }

        return new Discovery(
            Type(cluster),
            BuildContext.Nanoseconds(cluster.DnsRefreshRate, ClusterSnapshot.DefaultDnsRefreshRateNs),
            (DnsLookupFamily)(int)cluster.DnsLookupFamily
        )
        {
            RespectTtl = cluster.RespectDnsTtl,
            JitterNs = BuildContext.MillisecondsNs(cluster.DnsJitter, 0),
            FailureRefresh = FailureRefresh(cluster.DnsFailureRefreshRate?.BaseInterval, cluster.DnsFailureRefreshRate?.MaxInterval),
        };
    }

    /// <summary>A number that stands for no type is refused elsewhere.</summary>
    private static DiscoveryType Type(Cluster cluster) =>
        cluster.Type switch
        {
            Cluster.Types.DiscoveryType.StrictDns => DiscoveryType.StrictDns,
            Cluster.Types.DiscoveryType.LogicalDns => DiscoveryType.LogicalDns,
            Cluster.Types.DiscoveryType.OriginalDst => DiscoveryType.OriginalDst,
            Cluster.Types.DiscoveryType.Eds => DiscoveryType.Eds,
            _ => DiscoveryType.Static,
        };

    /// <summary>envoy.cluster.dns; the dns_ fields of the cluster itself do not count then.</summary>
    private static Discovery FromExtension(DnsCluster dns) =>
        new(
            dns.AllAddressesInSingleEndpoint ? DiscoveryType.LogicalDns : DiscoveryType.StrictDns,
            BuildContext.Nanoseconds(dns.DnsRefreshRate, ClusterSnapshot.DefaultDnsRefreshRateNs),
            dns.DnsLookupFamily switch
            {
                NewLookupFamily.V4Only => DnsLookupFamily.V4Only,
                NewLookupFamily.V6Only => DnsLookupFamily.V6Only,
                NewLookupFamily.V4Preferred => DnsLookupFamily.V4Preferred,
                NewLookupFamily.All => DnsLookupFamily.All,
                _ => DnsLookupFamily.Auto,
            }
        )
        {
            RespectTtl = dns.RespectDnsTtl,
            JitterNs = BuildContext.MillisecondsNs(dns.DnsJitter, 0),
            FailureRefresh = FailureRefresh(dns.DnsFailureRefreshRate?.BaseInterval, dns.DnsFailureRefreshRate?.MaxInterval),
        };

    private static DnsFailureRefreshSnapshot? FailureRefresh(Duration? baseInterval, Duration? maxInterval)
    {
        if (baseInterval is null)
        {
            return null;
        }

        var baseMs = BuildContext.Nanoseconds(baseInterval, 0) / MonotonicTime.NanosecondsPerMillisecond;
        return new DnsFailureRefreshSnapshot(
            baseMs,
            BuildContext.Nanoseconds(maxInterval, 10 * baseMs * MonotonicTime.NanosecondsPerMillisecond) / MonotonicTime.NanosecondsPerMillisecond
        );
    }
}

/// <param name="Type">How endpoints are found.</param>
/// <param name="RefreshRateNs">How often names are asked for, in nanoseconds.</param>
/// <param name="LookupFamily">Which addresses are asked for.</param>
internal readonly record struct Discovery(DiscoveryType Type, long RefreshRateNs, DnsLookupFamily LookupFamily)
{
    /// <summary>As long as answers hold, instead of that.</summary>
    public bool RespectTtl { get; init; }

    public long JitterNs { get; init; }

    public DnsFailureRefreshSnapshot? FailureRefresh { get; init; }
}
