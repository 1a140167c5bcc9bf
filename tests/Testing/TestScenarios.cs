using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Testing;

/// <summary>Small scenarios built in code.</summary>
public static class TestScenarios
{
    /// <summary>One gateway of two workers before a service; half a fault in the middle.</summary>
    public static Scenario Gateway(
        double ratePerSecond = 200,
        int replicas = 3,
        int workers = 4,
        double errorRate = 0,
        RetryPolicySnapshot? retry = null,
        ServiceTime? serviceTime = null,
        long durationNs = 20_000_000_000,
        int proxies = 2
    ) =>
        new()
        {
            Name = "test",
            DurationNs = durationNs,
            WarmUpNs = durationNs / 10,
            Network = new NetworkModel(50_000, 100_000),
            Proxies = [new ProxyRole("gateway", Proxy(retry), "", Concurrency: 2, proxies)],
            Services = [new ServiceRole("svc", 80, replicas, workers, serviceTime ?? new ServiceTime(ServiceTimeShape.Exponential, 10_000_000), 100)],
            Load = [new LoadModel("gateway", ratePerSecond, 0, durationNs, "GET", "/", "svc", 20_000_000_000)],
            Faults = errorRate > 0 ? [new ErrorRateFault("svc", [0], errorRate, 503, 0, durationNs)] : [],
        };

    /// <summary>A proxy with one route to one cluster.</summary>
    /// <param name="to">The DNS name its cluster has as its endpoint.</param>
    /// <param name="limit">How many connections and pending requests the cluster allows; null for Envoy's defaults.</param>
    public static ProxySnapshot Proxy(RetryPolicySnapshot? retry = null, string to = "svc", int port = 80, uint? limit = null) =>
        new()
        {
            Clusters =
            [
                new ClusterSnapshot
                {
                    Name = "svc",
                    StatName = "svc",
                    Type = DiscoveryType.StrictDns,
                    Endpoints = [new EndpointSnapshot { Address = to, Port = port }],
                    DefaultThresholds = limit is { } most
                        ? ThresholdsSnapshot.Default with
                        {
                            MaxConnections = most,
                            MaxPendingRequests = most,
                        }
                        : ThresholdsSnapshot.Default,
                },
            ],
            Listeners =
            [
                new ListenerSnapshot
                {
                    Name = "main",
                    Address = new NetworkAddress("0.0.0.0", 15_001),
                    StatPrefix = "0.0.0.0_15001",
                    ConnectionManager = new HttpConnectionManagerSnapshot
                    {
                        StatPrefix = "ingress",
                        HttpFilters = [new HttpFilterSnapshot("router", new RouterSettings())],
                        RouteTable = new RouteTable(
                            "local",
                            [
                                new VirtualHost
                                {
                                    Name = "all",
                                    Domains = ["*"],
                                    Routes =
                                    [
                                        new Route
                                        {
                                            Match = new RouteMatch(PathSpecifier.Prefix, "/"),
                                            Action = new RouteAction { Cluster = "svc", RetryPolicy = retry },
                                        },
                                    ],
                                },
                            ]
                        ),
                    },
                },
            ],
        };
}
