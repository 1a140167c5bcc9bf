using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Clusters: discovery, endpoints, balancing, limits.</summary>
internal sealed class ClusterBuilder(BuildContext context)
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public ImmutableArray<ClusterSnapshot> BuildAll(IEnumerable<Cluster> clusters)
    {
        var built = ImmutableArray.CreateBuilder<ClusterSnapshot>();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            if (cluster.Name.Length > 0 && !names.Add(cluster.Name))
            {
                context.Map.Problem(cluster, "name", $"cluster manager: duplicate cluster '{cluster.Name}'; names of clusters are unique");
            }

            built.Add(Build(cluster));
        }

        return built.ToImmutable();
    }

    private ClusterSnapshot Build(Cluster cluster)
    {
        var discovery = new DiscoveryBuilder(context).Build(cluster);
        var http = HttpProtocolOptions(cluster);
        var hosts = http is null ? cluster.UpstreamHttpProtocolOptions : http.UpstreamHttpProtocolOptions;
        var common = http?.CommonHttpProtocolOptions ?? cluster.CommonHttpProtocolOptions;
        return new ClusterSnapshot
        {
            Name = cluster.Name,
            Message = context.Keep(cluster),
            StatName = (cluster.AltStatName.Length > 0 ? cluster.AltStatName : cluster.Name).Replace(':', '_'),
            Type = discovery.Type,
            LoadBalancing = new LoadBalancingBuilder(context).Build(cluster),
            OriginalDst = OriginalDstBuilder.Build(cluster),
            OutlierDetection = OutlierDetectionBuilder.Build(cluster.OutlierDetection),
            HealthChecks = new ActiveHealthCheckBuilder(context).BuildAll(cluster),
            IgnoreHealthOnHostRemoval = cluster.IgnoreHealthOnHostRemoval,
            CloseConnectionsOnHostHealthFailure = cluster.CloseConnectionsOnHostHealthFailure,
            IgnoreNewHostsUntilFirstHc = cluster.CommonLbConfig?.IgnoreNewHostsUntilFirstHc ?? false,
            UpdateMergeWindowNs = BuildContext.MillisecondsNs(cluster.CommonLbConfig?.UpdateMergeWindow, MonotonicTime.NanosecondsPerSecond),
            ConnectTimeoutNs = BuildContext.Nanoseconds(cluster.ConnectTimeout, ClusterSnapshot.DefaultConnectTimeoutNs),
            Endpoints = new EndpointBuilder(context).BuildAll(cluster, discovery.Type),
            DefaultThresholds = Thresholds(cluster, Envoy.Config.Core.V3.RoutingPriority.Default),
            HighThresholds = Thresholds(cluster, Envoy.Config.Core.V3.RoutingPriority.High),
            Policy = AssignmentBuilder.Policy(cluster.LoadAssignment),
            Eds = new EdsBuilder(context).Build(cluster),
            DnsRefreshRateNs = discovery.RefreshRateNs,
            DnsLookupFamily = discovery.LookupFamily,
            DnsJitterNs = discovery.JitterNs,
            RespectDnsTtl = discovery.RespectTtl && discovery.Type is (DiscoveryType.StrictDns or DiscoveryType.LogicalDns),
            DnsFailureRefresh = discovery.FailureRefresh,
            WaitForWarmOnInit = cluster.WaitForWarmOnInit ?? true,
            IdleTimeoutNs = common is null
                ? ClusterSnapshot.DefaultIdleTimeoutNs
                : BuildContext.Nanoseconds(common.IdleTimeout, ClusterSnapshot.DefaultIdleTimeoutNs),
            Http1 = new Http1SettingsBuilder(context).Upstream(http?.ExplicitHttpConfig?.HttpProtocolOptions ?? cluster.HttpProtocolOptions, common),
            Tls = new TlsContextBuilder(context).Upstream(cluster, cluster.TransportSocket),
            TransportSocketMatches = TransportSocketMatches(cluster),
            OtherTransportSocket = OtherTransportSocket(cluster),
            AutoSni = hosts?.AutoSni ?? false,
            AutoSanValidation = hosts?.AutoSanValidation ?? false,
            AutoSniHeader = hosts is { OverrideAutoSniHeader.Length: > 0 } ? HeaderName.Of(hosts.OverrideAutoSniHeader) : null,
            TrackStats = TrackStats(cluster),
            Http2 = Http2(http is null ? cluster.Http2ProtocolOptions : http.ExplicitHttpConfig?.Http2ProtocolOptions),
            MaxConnectionDurationNs = BuildContext.MillisecondsNs(common?.MaxConnectionDuration, 0),
            PerUpstreamPreconnectRatio = (float)(cluster.PreconnectPolicy?.PerUpstreamPreconnectRatio ?? 1),
            PredictivePreconnectRatio = (float)(cluster.PreconnectPolicy?.PredictivePreconnectRatio ?? 1),
            MaxStreamDurationNs = BuildContext.MillisecondsNs(common?.MaxStreamDuration, 0),
            Metadata = MetadataBuilder.Build(cluster.Metadata),
            MaxRequestsPerConnection = (int)Math.Min(common?.MaxRequestsPerConnection ?? cluster.MaxRequestsPerConnection ?? 0, int.MaxValue),
        };
    }

    /// <summary>The name of the first that is neither TLS nor plain text; empty for none.</summary>
    private string OtherTransportSocket(Cluster cluster)
    {
        var sockets = cluster.TransportSocketMatches.Select(static match => match.TransportSocket).Prepend(cluster.TransportSocket);
        return sockets.FirstOrDefault(socket => socket is not null && context.Map.Content(socket.TypedConfig) is not (RawBuffer or UpstreamTlsContext))?.Name
            ?? "";
    }

    private ImmutableArray<TransportSocketMatch> TransportSocketMatches(Cluster cluster)
    {
        context.NotSupported(cluster, ["transport_socket_matcher"], "transport_socket_matches");
        var tls = new TlsContextBuilder(context);
        return
        [
            .. cluster.TransportSocketMatches.Select(match => new TransportSocketMatch(
                match.Name,
                MetadataBuilder.Value(match.Match ?? new Google.Protobuf.WellKnownTypes.Struct()),
                tls.Upstream(match, match.TransportSocket)
            )),
        ];
    }

    /// <summary>track_timeout_budgets is the older name of one of them; either will do.</summary>
    private static TrackClusterStatsSnapshot TrackStats(Cluster cluster) =>
        new(
            TimeoutBudgets: cluster.TrackClusterStats?.TimeoutBudgets == true || cluster.TrackTimeoutBudgets,
            RequestResponseSizes: cluster.TrackClusterStats?.RequestResponseSizes ?? false,
            PerEndpointStats: cluster.TrackClusterStats?.PerEndpointStats ?? false
        );

    private static Http2UpstreamSnapshot? Http2(Http2ProtocolOptions? options) =>
        options is null ? null : new Http2UpstreamSnapshot(options.MaxConcurrentStreams ?? Http2UpstreamSnapshot.DefaultMaxConcurrentStreams);

    private static ThresholdsSnapshot Thresholds(Cluster cluster, Envoy.Config.Core.V3.RoutingPriority priority)
    {
        var found = cluster.CircuitBreakers?.Thresholds.FirstOrDefault(entry => entry.Priority == priority);
        var perHost = cluster.CircuitBreakers?.PerHostThresholds.FirstOrDefault(entry => entry.Priority == priority);
        var defaults = ThresholdsSnapshot.Default;
        return new ThresholdsSnapshot
        {
            MaxConnections = found?.MaxConnections ?? defaults.MaxConnections,
            MaxPendingRequests = found?.MaxPendingRequests ?? defaults.MaxPendingRequests,
            MaxRequests = found?.MaxRequests ?? defaults.MaxRequests,
            MaxRetries = found?.MaxRetries ?? defaults.MaxRetries,
            MaxConnectionPools = found?.MaxConnectionPools ?? defaults.MaxConnectionPools,
            MaxConnectionsPerHost = perHost?.MaxConnections ?? defaults.MaxConnectionsPerHost,
            TrackRemaining = found?.TrackRemaining ?? false,
            RetryBudget = found?.RetryBudget is { } budget
                ? new RetryBudgetSnapshot(
                    budget.BudgetPercent?.Value ?? RetryBudgetSnapshot.Default.BudgetPercent,
                    budget.MinRetryConcurrency ?? RetryBudgetSnapshot.Default.MinRetryConcurrency
                )
                : null,
        };
    }

    private Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions? HttpProtocolOptions(Cluster cluster)
    {
        if (
            !cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptions, out var any)
            || context.Map.Content(any) is not Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions options
        )
        {
            return null;
        }

        if (options.ExplicitHttpConfig is { HttpProtocolOptions: null, Http2ProtocolOptions: null } explicitConfig)
        {
            context.Map.Unsupported(
                explicitConfig,
                "http3_protocol_options",
                "HTTP/3 upstreams are not supported yet; accepted: http_protocol_options, http2_protocol_options"
            );
        }

        return options;
    }
}
