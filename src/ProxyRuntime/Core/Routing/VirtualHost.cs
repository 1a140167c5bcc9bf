using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One virtual host of a route table.</summary>
public sealed record VirtualHost
{
    private readonly string name = "";

    public required string Name
    {
        get => name;
        init
        {
            name = value;
            StatName = value.Replace(':', '_');
        }
    }

    /// <summary>As written; <see cref="RouteTable"/> compares them in lower case.</summary>
    public required ImmutableArray<string> Domains { get; init; }

    /// <summary>In list order; the first that matches is taken.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    /// <summary>require_tls. Default NONE.</summary>
    public TlsRequirement RequireTls { get; init; }

    /// <summary>virtual_clusters: statistics by kind of request.</summary>
    public ImmutableArray<VirtualCluster> VirtualClusters { get; init; } = [];

    public HeaderMutations RequestHeaders { get; init; } = HeaderMutations.None;

    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    public PerFilterConfig PerFilterConfig { get; init; } = PerFilterConfig.None;

    /// <summary>rate_limits.</summary>
    public ImmutableArray<RateLimitPolicy> RateLimits { get; init; } = [];

    /// <summary>The deprecated cors of the virtual host itself; null for none.</summary>
    public CorsPolicy? Cors { get; init; }

    /// <summary>include_request_attempt_count: requests carry x-envoy-attempt-count. Default false.</summary>
    public bool IncludeRequestAttemptCount { get; init; }

    /// <summary>include_attempt_count_in_response. Default false.</summary>
    public bool IncludeAttemptCountInResponse { get; init; }

    /// <summary>include_is_timeout_retry_header. Default false.</summary>
    public bool IncludeIsTimeoutRetryHeader { get; init; }

    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>The name as it stands in statistics.</summary>
    internal string StatName { get; private init; } = "";

    /// <summary>The first virtual cluster a request fits, <see cref="VirtualCluster.Other"/> if it fits none; null without virtual clusters.</summary>
    internal VirtualCluster? VirtualClusterOf(HeaderMap request)
    {
        foreach (var cluster in VirtualClusters)
        {
            if (cluster.Matches(request))
            {
                return cluster;
            }
        }

        return VirtualClusters.IsEmpty ? null : VirtualCluster.Other;
    }
}

/// <summary>VirtualHost.require_tls.</summary>
public enum TlsRequirement : byte
{
    None,

    /// <summary>Requests from outside that did not come over TLS are redirected.</summary>
    ExternalOnly,

    /// <summary>All requests that did not come over TLS are redirected.</summary>
    All,
}
