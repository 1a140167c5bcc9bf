using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>What four simulated workers share, and what each has of its own; byte by byte, so that it is known which worker asks.</summary>
public class ManyWorkersTests
{
    private const int Workers = 4;
    private const long Second = MonotonicTime.NanosecondsPerSecond;

    [Fact]
    public void Max_requests_is_of_the_whole_proxy()
    {
        var server = new Server { Answers = false };
        var proxy = Start([server], static cluster => cluster with { DefaultThresholds = new ThresholdsSnapshot(MaxRequests: 3) });
        var answers = Enumerable.Range(0, 16).Select(_ => Ask(proxy).Answers.Count).ToArray();

        Assert.Equal((3, 13), (server.Asked.Count, answers.Sum()));
        Assert.True(server.Asked.Distinct().Count() > 1, "one worker has got them all");
    }

    /// <summary>Six failures; from then on the host answers well, so that nobody could count to six alone.</summary>
    [Fact]
    public void Failures_in_a_row_are_counted_over_all_workers()
    {
        var server = new Server { Status = 500 };
        var proxy = Start(
            [server],
            static cluster =>
                cluster with
                {
                    OutlierDetection = new OutlierDetectionSnapshot { Consecutive5xx = 6, MaxEjectionPercent = 100 },
                    LoadBalancing = new LoadBalancingSnapshot { HealthyPanicThreshold = 0 },
                    UpdateMergeWindowNs = 0,
                }
        );
        for (var i = 0; i < 6; i++)
        {
            Assert.Contains(" 500 ", Ask(proxy).Answers.Single(), StringComparison.Ordinal);
        }

        server.Status = 200;
        Assert.All(Enumerable.Range(0, 16), _ => Assert.EndsWith("no healthy upstream", Ask(proxy).Answers.Single(), StringComparison.Ordinal));
        Assert.InRange(server.Asked.GroupBy(static worker => worker).Max(static group => group.Count()), 1, 5);
        Assert.Equal(6, server.Asked.Count);
    }

    [Fact]
    public void Each_worker_takes_its_own_turns()
    {
        List<(string Server, int Worker)> asked = [];
        Server[] servers = [new() { Asks = worker => asked.Add(("a", worker)) }, new() { Asks = worker => asked.Add(("b", worker)) }];
        var proxy = Start(servers, static cluster => cluster);
        for (var i = 0; i < 64; i++)
        {
            _ = Ask(proxy);
        }

        var turns = asked.GroupBy(static ask => ask.Worker, static ask => ask.Server).ToArray();
        Assert.Equal(Workers, turns.Length);
        Assert.All(turns, static turn => Assert.DoesNotContain(turn.Zip(turn.Skip(1)), static pair => pair.First == pair.Second));
        Assert.Contains(asked.Zip(asked.Skip(1)), static pair => pair.First.Server == pair.Second.Server);
    }

    private static WireSimulation Start(Server[] servers, Func<ClusterSnapshot, ClusterSnapshot> change)
    {
        var addresses = servers.Select(static (_, i) => new NetworkAddress($"10.0.0.{i + 1}", 80)).ToArray();
        var cluster = change(
            new ClusterSnapshot
            {
                Name = "svc",
                StatName = "svc",
                Endpoints = [.. addresses.Select(static address => new EndpointSnapshot { Address = address.Ip, Port = address.Port })],
            }
        );
        var host = new VirtualHost
        {
            Name = "all",
            Domains = ["*"],
            Routes =
            [
                new Route
                {
                    Match = new RouteMatch(PathMatcher.Of(PathSpecifier.Prefix, "/")),
                    Action = new RouteAction { Cluster = "svc" },
                },
            ],
        };
        var snapshot = new ProxySnapshot
        {
            Clusters = [cluster],
            Listeners =
            [
                new ListenerSnapshot
                {
                    Name = "main",
                    Address = new NetworkAddress("10.0.1.1", 80),
                    StatPrefix = "main",
                    ConnectionManager = new HttpConnectionManagerSnapshot
                    {
                        StatPrefix = "in",
                        RouteTable = new RouteTable("local", [host]),
                        HttpFilters = [new HttpFilterSnapshot("router", new RouterSettings())],
                    },
                },
            ],
        };
        var simulation = new WireSimulation(snapshot, [.. addresses.Zip(servers, static (at, server) => (at, (IWireServer)server))], null, seed: 5, 0, Workers);
        simulation.Run(Second);
        return simulation;
    }

    /// <summary>A request on a connection of its own, and what came of it within a twentieth of a second.</summary>
    private static Client Ask(WireSimulation proxy)
    {
        var client = new Client();
        var connection = proxy.Connect(0, client);
        connection.Send("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8);
        proxy.Run(Second / 20);
        return client;
    }

    private sealed class Client : IWirePeer
    {
        public List<string> Answers { get; } = [];

        public void OnConnected(WireConnection connection) { }

        public void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes) => Answers.Add(Encoding.Latin1.GetString(bytes));

        public void OnClosed(WireConnection connection) { }
    }

    /// <summary>Notes which worker asks, and answers every request, as long as it answers at all.</summary>
    private sealed class Server : IWireServer, IWirePeer
    {
        public bool Answers { get; init; } = true;

        public int Status { get; set; } = 200;

        public Action<int> Asks { get; init; } = static _ => { };

        public List<int> Asked { get; } = [];

        public bool IsListening => true;

        public IWirePeer Accept() => this;

        public void OnConnected(WireConnection connection) { }

        public void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes)
        {
            Asked.Add(connection.Worker);
            Asks(connection.Worker);
            if (Answers)
            {
                connection.Send(Encoding.Latin1.GetBytes($"HTTP/1.1 {Status} X\r\ncontent-length: 0\r\n\r\n"));
            }
        }

        public void OnClosed(WireConnection connection) { }
    }
}
