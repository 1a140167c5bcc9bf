using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>What a run consists of, the same in every partition: entities with their numbers, addresses, names.</summary>
public sealed class World
{
    private readonly Dictionary<string, Listening> listening = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DnsAnswer> answersByName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, NetworkAddress> clientAddresses = [];
    private readonly List<Func<Entity>> makers = [];
    private readonly Dictionary<int, int> responseBytes = [];
    private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);

    public World(Scenario scenario, ulong seed)
    {
        Scenario = scenario;
        Seed = seed;
        Random = new RandomSource(seed);
        AddProxies();
        AddServices();
        AddClients();
    }

    public Scenario Scenario { get; }

    public ulong Seed { get; }

    /// <summary>How many entities there are; their numbers are 0 to this less one.</summary>
    public int EntityCount => makers.Count;

    /// <summary>What every simulated client has as its address.</summary>
    internal static NetworkAddress ClientAddress { get; } = new("10.0.0.1", 40_000);

    /// <summary>Wall time at the begin of the run, nanoseconds since the Unix epoch.</summary>
    public long EpochUnixNs { get; init; }

    /// <summary>What a report shows is written down, too.</summary>
    public bool RecordsDetails { get; init; }

    /// <summary>The proxy whose access log is kept, by its name or its role's; null for none.</summary>
    public string? AccessLogOf { get; init; }

    /// <summary>Is told of single requests; null for nobody.</summary>
    internal IRunObserver? Observer { get; init; }

    /// <summary>Takes the lines of access logs; null where nobody reads them.</summary>
    internal ILogLineSink? AccessLog { get; init; }

    /// <summary>Where clusters of type EDS have their endpoints from; null: from the scenario.</summary>
    internal IEndpointSource? Endpoints { get; init; }

    /// <summary>Handshakes of peers that speak bytes; null where services are simulated, and TLS between proxies is taken as done.</summary>
    internal SimulatedTls? Tls { get; init; }

    internal RandomSource Random { get; }

    /// <summary>Entities of each proxy role, in order of replicas.</summary>
    internal Dictionary<string, int[]> Proxies { get; } = new(StringComparer.Ordinal);

    /// <summary>In which partition of so many an entity lives.</summary>
    public static int PartitionOf(int entity, int partitions) => entity % partitions;

    /// <summary>In which partition of so many the proxy or endpoint of that name lives; null if there is none.</summary>
    public int? PartitionOf(string name, int partitions) => names.TryGetValue(name, out var id) ? PartitionOf(id, partitions) : null;

    internal Entity Make(int id) => makers[id]();

    /// <summary>Who listens at an address; null for nobody.</summary>
    internal Listening? Find(string address) => listening.TryGetValue(address, out var found) ? found : null;

    /// <summary>Where an entity listens, sorted.</summary>
    internal ImmutableArray<string> AddressesOf(int entity) =>
        [.. listening.Where(entry => entry.Value.Entity == entity).Select(static entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>Whether an entity speaks HTTP/1.1 byte by byte; services of a scenario only count.</summary>
    internal bool SpeaksBytes(int endpoint) => !responseBytes.ContainsKey(endpoint);

    /// <summary>Where a client connects from.</summary>
    internal NetworkAddress AddressOf(int client) => clientAddresses.GetValueOrDefault(client, ClientAddress);

    /// <summary>Adds an entity that no scenario describes.</summary>
    /// <param name="address">Where it listens; null for one that only sends.</param>
    /// <param name="clientAddress">Where it connects from; null for an endpoint.</param>
    internal int Add(Func<int, Entity> make, string? address, NetworkAddress? clientAddress)
    {
        var id = Add(make);
        if (address is not null)
        {
            listening[address] = new Listening(id);
        }

        if (clientAddress is not null)
        {
            clientAddresses[id] = clientAddress;
        }

        return id;
    }

    /// <summary>Body bytes of an endpoint's answers.</summary>
    internal int ResponseBytes(int endpoint) => responseBytes[endpoint];

    /// <summary>What DNS answers: the replicas of a service or proxy by its name, an address for itself, nothing for strangers.</summary>
    internal DnsAnswer Resolve(string name)
    {
        if (answersByName.TryGetValue(name, out var answer))
        {
            return answer;
        }

        return System.Net.IPAddress.TryParse(name, out _) ? new DnsAnswer(true, [name]) : DnsAnswer.Failure;
    }

    /// <summary>Proxies have addresses 10.0.x.y.</summary>
    private void AddProxies()
    {
        foreach (var role in Scenario.Proxies)
        {
            var ids = new int[role.Replicas];
            var addresses = ImmutableArray.CreateBuilder<string>();
            for (var replica = 0; replica < role.Replicas; replica++)
            {
                var name = role.ReplicaName(replica);
                var id = Add(id => new ProxyEntity(id, name, this, role));
                names[name] = ids[replica] = id;
                var ip = string.Create(CultureInfo.InvariantCulture, $"10.0.{1 + ((id + 1) / 256)}.{(id + 1) % 256}");
                addresses.Add(ip);
                clientAddresses[id] = new NetworkAddress(ip, ClientAddress.Port);
                Listen(id, ip, role);
            }

            Proxies[role.Name] = ids;
            answersByName[role.Name] = new DnsAnswer(true, addresses.ToImmutable());
        }
    }

    /// <summary>
    /// Other proxies reach a listener at the proxy's own address if it listens at all addresses, else where it listens. A loopback
    /// address belongs to the first proxy that listens there.
    /// </summary>
    private void Listen(int proxy, string ip, ProxyRole role)
    {
        for (var listener = 0; listener < role.Snapshot.Listeners.Length; listener++)
        {
            if (role.Snapshot.Listeners[listener].Address is { } at)
            {
                _ = listening.TryAdd(at.Ip is "0.0.0.0" or "::" ? new NetworkAddress(ip, at.Port).Text : at.Text, new Listening(proxy, listener));
            }
        }
    }

    /// <summary>Services have addresses 10.s.x.y: s for the service, x.y for the replica.</summary>
    private void AddServices()
    {
        for (var s = 0; s < Scenario.Services.Length; s++)
        {
            var service = Scenario.Services[s];
            var addresses = ImmutableArray.CreateBuilder<string>();
            for (var r = 0; r < service.Replicas; r++)
            {
                var replica = r;
                var ip = service.Address ?? string.Create(CultureInfo.InvariantCulture, $"10.{s + 1}.{(r + 1) / 256}.{(r + 1) % 256}");
                var address = new NetworkAddress(ip, service.Port).Text;
                addresses.Add(ip);
                var name = service.ReplicaName(r);
                var endpoint = Add(id => new EndpointEntity(id, name, this, service, replica, address));
                names[name] = endpoint;
                listening[address] = new Listening(endpoint);
                responseBytes[endpoint] = service.ResponseBytes;
            }

            answersByName[service.Name] = new DnsAnswer(true, addresses.ToImmutable()) { TtlsS = [.. addresses.Select(_ => service.DnsTtlS)] };
        }
    }

    private void AddClients()
    {
        for (var i = 0; i < Scenario.Load.Length; i++)
        {
            var number = i;
            _ = Add(id => new ClientEntity(id, string.Create(CultureInfo.InvariantCulture, $"client-{number}"), this, number));
        }
    }

    private int Add(Func<int, Entity> make)
    {
        var id = makers.Count;
        makers.Add(() => make(id));
        return id;
    }
}

/// <summary>Who listens at an address.</summary>
/// <param name="Listener">Of a proxy: which of its listeners.</param>
internal readonly record struct Listening(int Entity, int Listener = 0);
