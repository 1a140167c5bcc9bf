using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// One proxy in virtual time whose peers speak HTTP/1.1 byte by byte: the simulator's own proxy entity, network and event queue, driven
/// from outside instead of by a scenario.
/// </summary>
public sealed class WireSimulation
{
    private const int Proxy = 0;

    private readonly Partition partition;
    private WireHost clients = null!;

    /// <param name="snapshot">What the proxy is configured to do.</param>
    /// <param name="servers">Who listens where.</param>
    /// <param name="accessLog">Takes the lines of access logs; null for nobody.</param>
    /// <param name="epochUnixNs">Wall time at the begin, nanoseconds since the Unix epoch.</param>
    /// <param name="concurrency">How many workers the proxy has.</param>
    /// <param name="endpoints">Where its clusters of type EDS have their endpoints from; null for nowhere.</param>
    public WireSimulation(
        ProxySnapshot snapshot,
        IReadOnlyCollection<(NetworkAddress Address, IWireServer Server)> servers,
        ILogLineSink? accessLog,
        ulong seed,
        long epochUnixNs,
        int concurrency = 1,
        IEndpointSource? endpoints = null
    )
    {
        var scenario = new Scenario
        {
            Name = "wire",
            DurationNs = long.MaxValue,
            Network = new NetworkModel(LatencyFloorNs: 20_000, LatencyMeanNs: 0),
            Proxies = [new ProxyRole("proxy", snapshot, "", concurrency, Replicas: 1)],
            Services = [],
            Load = [],
        };
        var world = new World(scenario, seed)
        {
            AccessLog = accessLog,
            EpochUnixNs = epochUnixNs,
            Endpoints = endpoints,
            Tls = new SimulatedTls(epochUnixNs),
        };
        _ = world.Add(id => clients = new WireHost(id, "clients", world, null), null, new NetworkAddress("127.0.0.1", 40_000));
        foreach (var (address, server) in servers)
        {
            _ = world.Add(id => new WireHost(id, address.Text, world, server), address.Text, null);
        }

        partition = new Partition(world, 0, 1);
        Listeners = snapshot.Listeners;
    }

    public long NowNs => partition.NowNs;

    public ImmutableArray<ListenerSnapshot> Listeners { get; }

    /// <summary>Sight of the proxy between events.</summary>
    public SimulatedProxyView View => partition.Proxy("proxy")!;

    /// <summary>Begins to connect to a listener, by its place among <see cref="Listeners"/>.</summary>
    /// <param name="tls">What it brings into a TLS handshake; null for plain text. <see cref="IWirePeer.OnConnected"/> comes when that is done.</param>
    public WireConnection Connect(int listener, IWirePeer peer, TlsClientParty? tls = null) => clients.Connect(Proxy, listener, peer, tls);

    /// <summary>The endpoints of a cluster, by its place in the configuration, have changed where they come from: the proxy reads them again.</summary>
    public void EndpointsChanged(int cluster) => clients.Tell(Proxy, cluster);

    /// <summary>Does something after so much virtual time.</summary>
    public void After(long delayNs, Action action) => clients.After(delayNs, action);

    /// <summary>Lets virtual time pass until something holds, at most up to a moment. Returns whether it holds.</summary>
    public bool RunUntil(long timeNs, Func<bool> holds)
    {
        while (!holds())
        {
            if (partition.NextTimeNs > timeNs)
            {
                partition.AdvanceTo(timeNs);
                return holds();
            }

            _ = partition.RunSlice(timeNs + 1, 1);
        }

        return true;
    }

    /// <summary>Lets so much virtual time pass.</summary>
    public void Run(long durationNs) => _ = RunUntil(NowNs + durationNs, static () => false);
}
