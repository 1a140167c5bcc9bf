using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>Applications that call each other, with and without sidecars.</summary>
public class MeshTests
{
    private const long Ms = 1_000_000;
    private const long Second = 1_000_000_000;

    private static readonly ServiceTime FiveMs = new(ServiceTimeShape.Constant, 5 * Ms);

    /// <summary>5 ms at each of three services one after the other, and the third twice at once: 15 ms beside the links.</summary>
    [Fact]
    public void Calls_follow_each_other_and_parallel_ones_go_together()
    {
        var result = Run(
            Service("front") with
            {
                Steps = [new CallStep([Direct("middle")]), new WorkStep(new ServiceTime(ServiceTimeShape.Constant, 2 * Ms))],
            },
            Service("middle") with
            {
                Steps = [new CallStep([Direct("leaf"), Direct("leaf")])],
            },
            Service("leaf")
        );

        Assert.Equal(1, result.Totals.SuccessRate);
        Assert.InRange(result.Totals.Latency.QuantileUs(0.5), 17_250, 17_550);
        var arrivals = Arrivals(result);
        Assert.Equal((arrivals["front"], 2 * arrivals["front"]), (arrivals["middle"], arrivals["leaf"]));
    }

    [Fact]
    public void A_call_is_made_as_often_as_its_probability_says()
    {
        var result = Run(Service("front") with { Steps = [new CallStep([Direct("leaf") with { Probability = 0.3 }])] }, Service("leaf"));

        var arrivals = Arrivals(result);
        var half = 3.29 * Math.Sqrt(arrivals["front"] * 0.3 * 0.7);
        Assert.InRange(arrivals["leaf"], (0.3 * arrivals["front"]) - half, (0.3 * arrivals["front"]) + half);
    }

    [Theory]
    [InlineData(true, 502)]
    [InlineData(false, 200)]
    public void A_call_that_fails_may_fail_its_caller(bool fails, int status)
    {
        var front = Service("front") with { CallFailedStatus = 502, Steps = [new CallStep([Direct("leaf") with { FailsCaller = fails }])] };

        Assert.Equal([status], Run(front, Service("leaf") with { ErrorRate = 1 }).Totals.ByStatus.Keys);
    }

    /// <summary>
    /// Each of three layers tries 2 times more, and the last always fails: a client's request becomes 3^3 calls of the leaf. Layers are
    /// sidecars that the application calls, and that take what comes to the pod.
    /// </summary>
    [Fact]
    public void Retries_of_layers_multiply()
    {
        var retry = new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx, NumRetries = 2 };
        ServiceRole[] services =
        [
            Service("a") with
            {
                Sidecar = new Sidecar("a-proxy", null, 15_001),
                Steps = [new CallStep([Call("b")])],
            },
            Service("b") with
            {
                Sidecar = new Sidecar("b-proxy", null, 15_001),
                Steps = [new CallStep([Call("c")])],
            },
            Service("c") with
            {
                ErrorRate = 1,
                ErrorStatus = 500,
            },
        ];
        ProxyRole[] proxies = [Role("gateway", TestScenarios.Proxy(retry, "a")), Role("a-proxy", Sidecar(retry, "b")), Role("b-proxy", Sidecar(retry, "c"))];
        var result = Run(proxies, services, rate: 0.2, seconds: 100);

        var arrivals = Arrivals(result);
        Assert.Equal((3 * result.Totals.Sent, 9 * result.Totals.Sent, 27 * result.Totals.Sent), (arrivals["a"], arrivals["b"], arrivals["c"]));
        Assert.Equal(arrivals["b"], result.Proxies.Where(proxy => proxy.Name.StartsWith("b-", StringComparison.Ordinal)).Sum(Inbound));
        Assert.Equal(["a-0.a-proxy", "b-0.b-proxy"], result.Proxies.Select(proxy => proxy.Name).Skip(1));

        static long Inbound(ProxyRecord proxy) => proxy.Stats.GetValueOrDefault("http.inbound.downstream_rq_total");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void The_result_does_not_depend_on_partitions(int partitions)
    {
        var scenario = Chain(zones: ["west", "east", "north"]);

        Assert.Equal(ResultHash.Of(SingleProcessRunner.Run(scenario, 5)), ResultHash.Of(SingleProcessRunner.Run(scenario, 5, partitions)));
    }

    [Fact]
    public void A_pod_is_never_divided()
    {
        var world = new World(Chain(zones: ["west", "east"]), 1);
        for (var partitions = 2; partitions < 6; partitions++)
        {
            foreach (var pod in (string[])["a-0", "a-1", "b-0", "b-1"])
            {
                Assert.Equal(world.PartitionOf(pod, partitions), world.PartitionOf($"{pod}.{pod[0]}-proxy", partitions));
            }

            Assert.Equal(partitions, world.Placement(partitions).Distinct().Count());
        }
    }

    /// <summary>100 requests wait 100 ms each; the client gives up after 20: who cancels has its worker back.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Work_for_who_is_gone_stops_or_goes_on(bool cancels)
    {
        var front = Service("front") with { Cancels = cancels, Steps = [new CallStep([Direct("leaf")])] };
        var leaf = Service("leaf") with { Cancels = cancels, ServiceTime = new ServiceTime(ServiceTimeShape.Constant, 100 * Ms) };
        var result = Run([Role("gateway", TestScenarios.Proxy(to: "front"))], [front, leaf], rate: 50, timeoutNs: 20 * Ms);

        var answered = result.Endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => endpoint.Answered);
        Assert.Equal([0], result.Totals.ByStatus.Keys);
        Assert.Equal(cancels, answered["leaf-0"] == 0);
        Assert.Equal(cancels, answered["front-0"] == 0);
    }

    [Fact]
    public void A_deadline_that_is_honoured_ends_the_work()
    {
        var slow = Service("svc") with { HonoursDeadline = true, ServiceTime = new ServiceTime(ServiceTimeShape.Constant, 20 * Second) };
        var result = Run([Role("gateway", TestScenarios.Proxy())], [slow with { Workers = 1, QueueLimit = 10 }], rate: 1, seconds: 60);

        // The route waits 15 s; the worker is free again then, though its work takes 20.
        Assert.InRange(result.Endpoints.Single().Answered, 4, 60);
        Assert.DoesNotContain(200, result.Totals.ByStatus.Keys);
    }

    /// <summary>A server that closes idle connections as the proxy sends on them: some requests meet the close, as in Envoy 503 UC.</summary>
    [Fact]
    public void A_connection_may_be_closed_while_a_request_is_on_its_way()
    {
        var service = Service("svc") with { IdleTimeoutNs = 10 * Ms };
        var result = Run([Role("gateway", TestScenarios.Proxy())], [service], rate: 100, seconds: 100, network: new NetworkModel(500_000, 500_000));

        Assert.InRange(result.Proxies.Single().Responses["503 UC"], 10, 2_000);
        var closedAfterOne = Run([Role("gateway", TestScenarios.Proxy())], [service with { IdleTimeoutNs = 0, MaxRequestsPerConnection = 1 }]);
        var proxy = closedAfterOne.Proxies.Single();

        // A request that waited for a connection gets the one that was answered on, and is lost with it.
        Assert.Equal(closedAfterOne.Totals.Sent, proxy.Stats["cluster.svc.upstream_cx_total"] + proxy.Responses.GetValueOrDefault("503 UC"));
    }

    [Fact]
    public void Links_between_zones_take_longer_and_bytes_take_time()
    {
        var network = new NetworkModel(50_000, 0)
        {
            BytesPerSecond = 1e6,
            ZoneLinks = [new ZoneLink("west", "east", new LinkModel(3 * Ms, 0, 0, double.PositiveInfinity))],
        };
        var near = Run([Role("gateway", TestScenarios.Proxy())], [Service("svc") with { ResponseBytes = 10_000 }], network: network);
        var far = Run(
            [Role("gateway", TestScenarios.Proxy()) with { Zones = ["west"] }],
            [Service("svc") with { ResponseBytes = 10_000, Zones = ["east"] }],
            network: network
        );

        Assert.InRange(near.Totals.Latency.QuantileUs(0.5), 15_100, 15_300);
        Assert.InRange(far.Totals.Latency.QuantileUs(0.5), 11_000, 11_200);
    }

    private static Scenario Chain(ImmutableArray<string> zones) =>
        Scenario(
            [
                Role("gateway", TestScenarios.Proxy(to: "a")) with
                {
                    Replicas = 2,
                    Zones = zones,
                },
                Role("a-proxy", Sidecar(null, "b")),
                Role("b-proxy", Sidecar(null, "c")),
            ],
            [
                Service("a") with
                {
                    Replicas = 2,
                    Zones = zones,
                    Sidecar = new Sidecar("a-proxy", null, 15_001),
                    Steps = [new CallStep([Call("b"), Call("b")])],
                },
                Service("b") with
                {
                    Replicas = 2,
                    Zones = zones,
                    Sidecar = new Sidecar("b-proxy", null, 15_001),
                    Steps = [new CallStep([Call("c")])],
                },
                Service("c") with
                {
                    Replicas = 3,
                    Zones = zones,
                    ErrorRate = 0.1,
                },
            ],
            100,
            3,
            5 * Second,
            new NetworkModel(300_000, 200_000) { Loss = 0.001, ZoneLinks = [new ZoneLink("west", "east", new LinkModel(Ms, Ms, 0, 1e7))] }
        );

    private static RunResult Run(params ServiceRole[] services) => Run([Role("gateway", TestScenarios.Proxy(to: services[0].Name))], services);

    private static RunResult Run(
        ProxyRole[] proxies,
        ServiceRole[] services,
        double rate = 100,
        long timeoutNs = 20 * Second,
        int seconds = 10,
        NetworkModel? network = null
    ) => SingleProcessRunner.Run(Scenario(proxies, services, rate, seconds, timeoutNs, network ?? new NetworkModel(50_000, 0)), seed: 3);

    /// <summary>The last requests are left time to end.</summary>
    private static Scenario Scenario(ProxyRole[] proxies, ServiceRole[] services, double rate, int seconds, long timeoutNs, NetworkModel network) =>
        new()
        {
            Name = "mesh",
            DurationNs = (seconds + 30) * Second,
            Network = network,
            Proxies = [.. proxies],
            Services = [.. services],
            Load = [new LoadModel("gateway", rate, 0, seconds * Second, "GET", "/", "svc", timeoutNs)],
        };

    private static Dictionary<string, long> Arrivals(RunResult result) =>
        result
            .Endpoints.GroupBy(endpoint => endpoint.Name[..endpoint.Name.LastIndexOf('-')])
            .ToDictionary(group => group.Key, group => group.Sum(one => one.Arrivals));

    private static ServiceRole Service(string name) => new(name, 80, 1, 1_000, FiveMs, 100);

    private static OutgoingCall Direct(string to) => new(to) { Via = OutgoingCall.Directly, Host = to };

    private static OutgoingCall Call(string to) => new(to) { Via = OutgoingCall.BySidecar, Host = to };

    private static ProxyRole Role(string name, ProxySnapshot snapshot) => new(name, snapshot, "", 1, 1);

    /// <summary>Port 15001 leads to the next service; port 80, where what comes to the pod arrives, to the application.</summary>
    private static ProxySnapshot Sidecar(RetryPolicySnapshot? retry, string next)
    {
        var outbound = TestScenarios.Proxy(retry, next);
        var inbound = TestScenarios.Proxy();
        var local = inbound.Clusters[0] with
        {
            Name = "local",
            StatName = "local",
            Type = DiscoveryType.Static,
            Endpoints = [new EndpointSnapshot { Address = "127.0.0.1", Port = 80 }],
        };
        var listener = inbound.Listeners[0];
        var manager = listener.ConnectionManager! with
        {
            StatPrefix = "inbound",
            RouteTable = new RouteTable(
                "inbound",
                [
                    new VirtualHost
                    {
                        Name = "all",
                        Domains = ["*"],
                        Routes =
                        [
                            new Route
                            {
                                Match = new RouteMatch(PathMatcher.Of(PathSpecifier.Prefix, "/")),
                                Action = new RouteAction { Cluster = "local" },
                            },
                        ],
                    },
                ]
            ),
        };
        return outbound with
        {
            Clusters = [.. outbound.Clusters, local],
            Listeners =
            [
                new ListenerSnapshot
                {
                    Name = "inbound",
                    Address = new NetworkAddress("0.0.0.0", 80),
                    StatPrefix = "0.0.0.0_80",
                    ConnectionManager = manager,
                },
                .. outbound.Listeners,
            ],
        };
    }
}
