using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A RouteConfiguration: finds the virtual host by name, then the first route of it that matches.</summary>
/// <remarks>
/// Search order of domains: exact, longest suffix wildcard (<c>*.a.com</c>), longest prefix wildcard (<c>a.*</c>), <c>*</c>.
/// A wildcard stands for at least one character. The host is compared in lower case, port included unless
/// ignore_port_in_host_matching is set. Once a virtual host is chosen there is no falling through to another.
/// </remarks>
public sealed class RouteTable
{
    private readonly DomainIndex domains;
    private readonly ImmutableArray<RouteIndex> indexes;

    /// <param name="name">RouteConfiguration.name.</param>
    /// <param name="virtualHosts">In the order written; their domains are unique, at most one is <c>*</c>.</param>
    public RouteTable(string name, ImmutableArray<VirtualHost> virtualHosts)
    {
        Name = name;
        VirtualHosts = virtualHosts;
        domains = new DomainIndex(virtualHosts);
        var pool = new MatcherPool();
        indexes = [.. virtualHosts.Select(host => new RouteIndex(host.Routes, pool))];
    }

    public string Name { get; }

    public ImmutableArray<VirtualHost> VirtualHosts { get; }

    /// <summary>The RouteConfiguration it was built of.</summary>
    public ConfigMessage Message { get; init; } = ConfigMessage.None;

    /// <summary>ignore_port_in_host_matching. Default false.</summary>
    public bool IgnorePortInHostMatching { get; init; }

    /// <summary>ignore_path_parameters_in_path_matching. Default false.</summary>
    public bool IgnorePathParameters { get; init; }

    /// <summary>most_specific_header_mutations_wins: route after virtual host after table. Default false: the other way round.</summary>
    public bool MostSpecificHeaderMutationsWins { get; init; }

    /// <summary>internal_only_headers: taken from requests that come from outside.</summary>
    public ImmutableArray<HeaderName> InternalOnlyHeaders { get; init; } = [];

    public HeaderMutations RequestHeaders { get; init; } = HeaderMutations.None;

    public HeaderMutations ResponseHeaders { get; init; } = HeaderMutations.None;

    public PerFilterConfig PerFilterConfig { get; init; } = PerFilterConfig.None;

    /// <summary>The route of a request with the virtual host it stands in; no route: answered 404, flag NR.</summary>
    internal RouteSelection Find(HeaderMap request, ulong random, RuntimeSnapshot runtime, StreamInfo? info)
    {
        var index = FindVirtualHost(request);
        if (index < 0)
        {
            return default;
        }

        var host = VirtualHosts[index];
        if (host.RequireTls != TlsRequirement.None && MustRedirect(host, request) is { } redirect)
        {
            return redirect ? new RouteSelection(this, host, Route.ToTls) : default;
        }

        var facts = new RouteRequest(request, random, runtime, info, IgnorePathParameters);
        return indexes[index].Find(facts) is { } route ? new RouteSelection(this, host, route) : new RouteSelection(this, host, null);
    }

    /// <summary>What the table, its virtual hosts, routes and weighted clusters say for filters.</summary>
    internal IEnumerable<IRouteFilterSettings> FilterSettings()
    {
        var configs = VirtualHosts
            .SelectMany(static host =>
                host.Routes.SelectMany(static route =>
                        route.Action is RouteAction { WeightedClusters: { } weighted }
                            ? weighted.Clusters.Select(static cluster => cluster.PerFilterConfig).Append(route.PerFilterConfig)
                            : [route.PerFilterConfig]
                    )
                    .Append(host.PerFilterConfig)
            )
            .Append(PerFilterConfig);
        foreach (var config in configs)
        {
            foreach (var entry in config.Entries)
            {
                if (entry.Settings is { } settings)
                {
                    yield return settings;
                }
            }
        }
    }

    /// <summary>The place of the virtual host of a request; −1 if none fits.</summary>
    internal int FindVirtualHost(HeaderMap request) => domains.Find(HostOf(request));

    /// <summary>The domain by which a host is found, as written; null if it fits none.</summary>
    internal string? DomainOf(ReadOnlySpan<byte> host) => domains.DomainOf(host);

    /// <summary>What of a request is compared with the domains.</summary>
    internal ReadOnlySpan<byte> HostOf(HeaderMap request)
    {
        var host = request.Get(HeaderName.Authority);
        return IgnorePortInHostMatching && HostHeader.PortStart(host) is var colon and >= 0 ? host[..colon] : host;
    }

    /// <summary>Null: TLS is not missing. Without x-forwarded-proto nothing is known, and no route is found.</summary>
    private static bool? MustRedirect(VirtualHost host, HeaderMap request)
    {
        if (!request.TryGet(HeaderName.XForwardedProto, out var proto) || proto.IsEmpty)
        {
            return false;
        }

        var secure = proto.SequenceEqual("https"u8);
        var isInternal = host.RequireTls == TlsRequirement.ExternalOnly && request.Get(HeaderName.XEnvoyInternal).SequenceEqual("true"u8);
        return secure || isInternal ? null : true;
    }
}
