using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Small snapshots for tests.</summary>
internal static class Snapshots
{
    public const long Second = MonotonicTime.NanosecondsPerSecond;
    public const long Millisecond = MonotonicTime.NanosecondsPerMillisecond;

    public static readonly NetworkAddress Client = new("192.0.2.7", 40_001);
    public static readonly NetworkAddress Listener = new("127.0.0.1", 15_001);

    /// <summary>The proxy's own end of connections to hosts.</summary>
    public static readonly NetworkAddress ProxySide = new("10.9.9.9", 50_001);

    /// <summary>One listener, one wildcard virtual host, one prefix route to one static cluster.</summary>
    public static ProxySnapshot Proxy(
        RouteAction? action = null,
        ClusterSnapshot? cluster = null,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null
    ) => Proxy([Host("*", Prefix("/", action ?? new RouteAction { Cluster = "svc" }))], [cluster ?? Cluster("svc", 1)], change);

    /// <summary>One listener <c>main</c> with these virtual hosts.</summary>
    public static ProxySnapshot Proxy(
        ImmutableArray<VirtualHost> hosts,
        ImmutableArray<ClusterSnapshot> clusters,
        Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot>? change = null
    )
    {
        var manager = Manager(hosts);
        return new ProxySnapshot { Clusters = clusters, Listeners = [ListenerOf("main", change is null ? manager : change(manager))] };
    }

    public static ListenerSnapshot ListenerOf(string name, HttpConnectionManagerSnapshot manager) =>
        new()
        {
            Name = name,
            Address = Listener,
            StatPrefix = "127.0.0.1_15001",
            ConnectionManager = manager,
        };

    public static HttpConnectionManagerSnapshot Manager(ImmutableArray<VirtualHost> hosts) =>
        new()
        {
            StatPrefix = "ingress",
            RouteTable = new RouteTable("local", hosts),
            HttpFilters = [new HttpFilterSnapshot("envoy.filters.http.router", new RouterSettings())],
        };

    /// <summary>A header by which requests are from inside, where <see cref="TrustsInside"/> says so.</summary>
    public static readonly (string Name, string Value) Inside = ("x-forwarded-for", "10.1.1.1");

    /// <summary>The same where 10.0.0.0/8 is inside.</summary>
    public static HttpConnectionManagerSnapshot TrustsInside(HttpConnectionManagerSnapshot manager) =>
        manager with
        {
            ClientAddress = manager.ClientAddress with { InternalRanges = [new CidrRange(IPAddress.Parse("10.0.0.0"), 8)] },
        };

    /// <summary>The same with other settings of the router.</summary>
    public static HttpConnectionManagerSnapshot With(this HttpConnectionManagerSnapshot manager, RouterSettings settings) =>
        manager with
        {
            HttpFilters = [new HttpFilterSnapshot("envoy.filters.http.router", settings)],
        };

    public static VirtualHost Host(string domain, params Route[] routes) =>
        new()
        {
            Name = domain,
            Domains = [domain],
            Routes = [.. routes],
        };

    public static Route Prefix(string prefix, ActionSnapshot action, string name = "") =>
        new()
        {
            Name = name,
            Match = new RouteMatch(PathSpecifier.Prefix, prefix),
            Action = action,
        };

    public static RouteAction To(string cluster) => new() { Cluster = cluster };

    /// <summary>A static cluster; hosts are <c>10.0.0.1:80</c> and so on, where <paramref name="net"/> replaces the third number.</summary>
    public static ClusterSnapshot Cluster(string name, int hosts, BalancingPolicy? policy = null, int net = 0) =>
        new()
        {
            Name = name,
            StatName = name,
            LoadBalancing = LoadBalancingSnapshot.Default with { Policy = policy ?? new RoundRobinPolicy() },
            Endpoints =
            [
                .. Enumerable
                    .Range(1, hosts)
                    .Select(i => new EndpointSnapshot { Address = string.Create(CultureInfo.InvariantCulture, $"10.0.{net}.{i}"), Port = 80 }),
            ],
        };

    public static RetryPolicySnapshot Retry(RetryOn on, uint retries = 1) => new() { RetryOn = on, NumRetries = retries };

    public static ConnectionInfo Connection(string listener = "main", string client = "192.0.2.7", HttpProtocol protocol = HttpProtocol.Http11) =>
        new(listener, client == "192.0.2.7" ? Client : new NetworkAddress(client, 40_001), Listener, protocol);

    public static RuntimeSnapshot Runtime(params (string Key, ulong Value)[] values) =>
        new(values.Select(static value => KeyValuePair.Create(value.Key, RuntimeNumber(value.Value))));

    /// <summary>A format that must be well formed.</summary>
    public static SubstitutionFormat Format(string text) => SubstitutionFormat.TryParse(text, out _) ?? throw new ArgumentException(text, nameof(text));

    /// <summary>An access log to a file.</summary>
    public static AccessLogSnapshot Log(string format, string path = "log", AccessLogFilter? filter = null) =>
        new(AccessLogSink.File, path, Format(format), filter);

    /// <summary>A regular expression that must be well formed.</summary>
    public static Re2Regex Regex(string pattern) => Re2Regex.TryParse(pattern, out _) ?? throw new ArgumentException(pattern, nameof(pattern));

    public static RegexRewrite Rewrite(string pattern, string substitution) => new(Regex(pattern), Re2Substitution.Parse(substitution));

    private static RuntimeValue RuntimeNumber(ulong number) => new(number.ToString(CultureInfo.InvariantCulture), number, null, null);
}
