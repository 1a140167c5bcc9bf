using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Small snapshots for tests.</summary>
internal static class Snapshots
{
    public static readonly NetworkAddress Client = new("192.0.2.7", 40_001);
    public static readonly NetworkAddress Listener = new("127.0.0.1", 15_001);

    /// <summary>One listener, one wildcard virtual host, one prefix route to one static cluster.</summary>
    public static ProxySnapshot Proxy(
        RouteAction? action = null,
        ClusterSnapshot? cluster = null,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null
    )
    {
        var manager = Manager([Host("*", Prefix("/", action ?? new RouteAction { Cluster = "svc" }))]);
        return new ProxySnapshot
        {
            Clusters = [cluster ?? Cluster("svc", 1)],
            Listeners =
            [
                new ListenerSnapshot
                {
                    Name = "main",
                    Address = Listener,
                    StatPrefix = "127.0.0.1_15001",
                    ConnectionManager = change is null ? manager : change(manager),
                },
            ],
        };
    }

    public static HttpConnectionManagerSnapshot Manager(ImmutableArray<VirtualHost> hosts) =>
        new()
        {
            StatPrefix = "ingress",
            RouteTable = new RouteTable("local", hosts),
            HttpFilters = [new HttpFilterSnapshot("envoy.filters.http.router", new RouterSettings())],
        };

    public static VirtualHost Host(string domain, params Route[] routes) =>
        new()
        {
            Name = domain,
            Domains = [domain],
            Routes = [.. routes],
        };

    public static Route Prefix(string prefix, RouteAction action) => new() { Match = new RouteMatch(PathSpecifier.Prefix, prefix), Action = action };

    public static ClusterSnapshot Cluster(string name, int hosts, LbPolicy policy = LbPolicy.RoundRobin) =>
        new()
        {
            Name = name,
            StatName = name,
            LbPolicy = policy,
            Endpoints = [.. Enumerable.Range(1, hosts).Select(i => new EndpointSnapshot { Address = $"10.0.0.{i}", Port = 80 })],
        };

    public static RetryPolicySnapshot Retry(RetryOn on, uint retries = 1) => new() { RetryOn = on, NumRetries = retries };
}
