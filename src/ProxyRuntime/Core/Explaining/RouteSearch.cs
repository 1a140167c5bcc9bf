using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How the route of a request was looked for: which domain led to a virtual host, which routes did not match and why, which one did.</summary>
/// <remarks>The outcome is that of <see cref="RouteTable"/>; this only tells how it came about.</remarks>
public sealed record RouteSearch
{
    public required RouteTable Table { get; init; }

    /// <summary>What was compared with the domains, in lower case.</summary>
    public required string Host { get; init; }

    public required RouteSearchResult Result { get; init; }

    /// <summary>The domain that fits, as written; empty for none.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Null if no domain fits.</summary>
    public VirtualHost? VirtualHost { get; init; }

    /// <summary>The route that matches; null for none.</summary>
    public Route? Route { get; init; }

    /// <summary>Its place in the virtual host, from 0; −1 for none.</summary>
    public int Place { get; init; } = -1;

    /// <summary>What the route that matches asks for, the path first.</summary>
    public ImmutableArray<string> Conditions { get; init; } = [];

    /// <summary>The routes before the one that matches – all, if none does – in list order.</summary>
    public ImmutableArray<RouteMiss> Misses { get; init; } = [];

    /// <summary>If no domain fits: what of the host or of the table stands in the way.</summary>
    public ImmutableArray<string> Hints { get; init; } = [];

    internal static RouteSearch Of(RouteTable table, HeaderMap request, ulong random, RuntimeSnapshot runtime, StreamInfo? info)
    {
        var hostBytes = table.HostOf(request);
        var host = Encoding.UTF8.GetString(hostBytes).ToLowerInvariant();
        var place = table.FindVirtualHost(request);
        if (place < 0)
        {
            return new RouteSearch
            {
                Table = table,
                Host = host,
                Result = RouteSearchResult.NoVirtualHost,
                Hints = DomainHints.Of(table, host),
            };
        }

        var virtualHost = table.VirtualHosts[place];
        var found = table.Find(request, random, runtime, info);
        var search = new RouteSearch
        {
            Table = table,
            Host = host,
            Result = ResultOf(found),
            Domain = table.DomainOf(hostBytes) ?? "",
            VirtualHost = virtualHost,
            Route = found.Route,
        };
        return search.Result is RouteSearchResult.Found or RouteSearchResult.NoRoute
            ? search.WithRoutes(new RouteRequest(request, random, runtime, info, table.IgnorePathParameters))
            : search;
    }

    private static RouteSearchResult ResultOf(in RouteSelection found)
    {
        if (found.VirtualHost is null)
        {
            return RouteSearchResult.TlsUnknown;
        }

        return found.Route is null ? RouteSearchResult.NoRoute
            : ReferenceEquals(found.Route, Route.ToTls) ? RouteSearchResult.TlsRequired
            : RouteSearchResult.Found;
    }

    private RouteSearch WithRoutes(in RouteRequest request)
    {
        var misses = ImmutableArray.CreateBuilder<RouteMiss>();
        var place = 0;
        foreach (var route in VirtualHost!.Routes)
        {
            if (ReferenceEquals(route, Route))
            {
                return this with { Place = place, Misses = misses.ToImmutable(), Conditions = MatchConditions.Of(route.Match) };
            }

            var mismatch = route.Match.Test(request);
            misses.Add(
                new RouteMiss(place++, route, MatchConditions.FieldOf(route.Match, mismatch), route.Match.Describe(mismatch), route.Match.Path.Matches(request))
            );
        }

        return this with
        {
            Misses = misses.ToImmutable(),
        };
    }
}

/// <summary>What came of looking for a route.</summary>
public enum RouteSearchResult : byte
{
    Found,

    /// <summary>No domain fits the host.</summary>
    NoVirtualHost,

    /// <summary>No route of the virtual host matches; no other virtual host is looked at.</summary>
    NoRoute,

    /// <summary>require_tls: the request is redirected before any route is looked at.</summary>
    TlsRequired,

    /// <summary>require_tls, and no x-forwarded-proto says whether there was TLS: no route.</summary>
    TlsUnknown,
}
