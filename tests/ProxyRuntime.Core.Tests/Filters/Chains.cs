using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Proxies with filters before the router. A filter is named after the settings it has: <c>FaultSettings</c> makes <c>fault</c>.</summary>
internal static class Chains
{
    public static ProxySnapshot With(params IHttpFilterSettings[] filters) => With(Snapshots.Prefix("/", Snapshots.To("svc")), filters);

    public static ProxySnapshot With(Route route, params IHttpFilterSettings[] filters) => With(Snapshots.Host("*", route), filters);

    /// <summary>One host, and clusters <c>svc</c> and <c>other</c> with a host each.</summary>
    public static ProxySnapshot With(VirtualHost host, params IHttpFilterSettings[] filters) =>
        Snapshots.Proxy([host], [Snapshots.Cluster("svc", 1), Snapshots.Cluster("other", 1, net: 1)], manager => manager.Before(filters));

    public static HttpConnectionManagerSnapshot Before(this HttpConnectionManagerSnapshot manager, params IHttpFilterSettings[] filters) =>
        manager with
        {
            HttpFilters = [.. filters.Select(static settings => new HttpFilterSnapshot(NameOf(settings), settings)), manager.HttpFilters[^1]],
        };

    public static ProxySnapshot With(this ProxySnapshot proxy, Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot> change) =>
        proxy with
        {
            Listeners = [.. proxy.Listeners.Select(listener => listener with { ConnectionManager = change(listener.ConnectionManager!) })],
        };

    /// <summary>The settings that one level has for a filter.</summary>
    public static PerFilterConfig For(string filter, IRouteFilterSettings settings) => new([new PerFilterEntry(filter, settings)]);

    public static ImmutableArray<HeaderMatcher> Header(string name, string value) => [HeaderMatcher.OfText(name, StringMatcher.Of(StringMatch.Exact, value))];

    public static FractionalPercent Percent(uint numerator) => new(numerator);

    private static string NameOf(IHttpFilterSettings settings) => settings.GetType().Name.Replace("Settings", "", StringComparison.Ordinal).ToLowerInvariant();
}
