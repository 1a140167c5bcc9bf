using System.Collections.Immutable;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using MeshSim.ProxyRuntime.Core;
using HashPolicyMessage = Envoy.Type.V3.HashPolicy;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.network.tcp_proxy. A cluster that does not exist is no mistake: Envoy finds that out with the first connection.</summary>
internal sealed class TcpProxyBuilder(BuildContext context)
{
    /// <param name="bufferLimit">per_connection_buffer_limit_bytes of the listener.</param>
    public TcpProxySnapshot Build(TcpProxy proxy, uint? bufferLimit)
    {
        RefuseOthers(proxy);
        return new TcpProxySnapshot
        {
            StatPrefix = proxy.StatPrefix,
            Clusters = Clusters(proxy),
            IdleTimeoutNs = BuildContext.MillisecondsNs(proxy.IdleTimeout, TcpProxySnapshot.DefaultIdleTimeoutNs),
            MaxDownstreamConnectionDurationNs = BuildContext.MillisecondsNs(proxy.MaxDownstreamConnectionDuration, 0),
            MaxConnectAttempts = proxy.MaxConnectAttempts ?? 1,
            HashesSourceIp = HashesSourceIp(proxy),
            AccessLogs = new AccessLogBuilder(context).BuildAll(proxy, proxy.AccessLog),
            BufferLimitBytes = bufferLimit ?? HttpConnectionManagerSnapshot.DefaultBufferLimitBytes,
        };
    }

    /// <summary>Fields that change where bytes go, when, or for how long, and that do not act here yet.</summary>
    private void RefuseOthers(TcpProxy proxy)
    {
        context.NotSupported(
            proxy,
            [
                "on_demand",
                "downstream_idle_timeout",
                "upstream_idle_timeout",
                "backoff_options",
                "tunneling_config",
                "max_downstream_connection_duration_jitter_percentage",
                "access_log_flush_interval",
                "flush_access_log_on_connected",
                "access_log_options",
                "proxy_protocol_tlvs",
                "max_early_data_bytes",
            ],
            "the other fields of the TCP proxy"
        );
        if (proxy.UpstreamConnectMode != UpstreamConnectMode.Immediate)
        {
            context.NotSupported(proxy, "upstream_connect_mode", "IMMEDIATE");
        }
    }

    /// <summary>In list order, what a weighted cluster says of its hosts laid over what the filter says.</summary>
    private static ImmutableArray<TcpProxyCluster> Clusters(TcpProxy proxy)
    {
        var match = MetadataBuilder.LoadBalancing(proxy.MetadataMatch);
        return proxy.WeightedClusters is { } weighted
            ?
            [
                .. weighted.Clusters.Select(cluster => new TcpProxyCluster(
                    cluster.Name,
                    cluster.Weight,
                    MetadataBuilder.LoadBalancing(cluster.MetadataMatch) is { } over ? match?.Merge(over) ?? over : match
                )),
            ]
            : [new TcpProxyCluster(proxy.Cluster, 1, match)];
    }

    private bool HashesSourceIp(TcpProxy proxy)
    {
        foreach (var policy in proxy.HashPolicy.Where(static policy => policy.PolicySpecifierCase == HashPolicyMessage.PolicySpecifierOneofCase.FilterState))
        {
            context.NotSupported(policy, "filter_state", "source_ip");
        }

        return proxy.HashPolicy.Any(static policy => policy.PolicySpecifierCase == HashPolicyMessage.PolicySpecifierOneofCase.SourceIp);
    }
}
