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
    private readonly Dictionary<ProxyRole, ProxyRole> recorded = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<int, ServiceRole> services = [];
    private readonly HashSet<int> calling = [];
    private readonly Dictionary<string, ImmutableArray<ReplicaLife>> plans = new(StringComparer.Ordinal);
    private readonly List<Pod> pods = [];
    private readonly List<Pod> podOf = [];
    private readonly Dictionary<OutgoingCall, int> templateOf = new(ReferenceEqualityComparer.Instance);
    private readonly SimTemplates templates;
    private readonly Dictionary<string, int> nodes = new(StringComparer.Ordinal);
    private readonly int[] traits;
    private readonly Dictionary<string, int> names = new(StringComparer.Ordinal);

    public World(Scenario scenario, ulong seed)
    {
        Scenario = scenario;
        Seed = seed;
        Random = new RandomSource(seed);
        Synthetic = [.. scenario.Templates.Select(template => template.Synthetic(Random))];
        templates = new SimTemplates(scenario, Synthetic);
        Faults = FaultSchedule.Of(scenario, seed);
        Links = new LinkTable(this);
        AddProxies();
        AddServices();
        AddClients();
        AddAutoscalers();
        AddNodes();
        traits = CallTemplates();
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

    /// <summary>What was made up for the run, by template; null where nobody is made up.</summary>
    internal ImmutableArray<SyntheticRequests?> Synthetic { get; }

    /// <summary>Entities of each proxy role, in order of replicas.</summary>
    internal Dictionary<string, int[]> Proxies { get; } = new(StringComparer.Ordinal);

    /// <summary>The faults of this run, each with one begin and one end.</summary>
    internal ImmutableArray<Fault> Faults { get; }

    /// <summary>What messages take from one entity to another.</summary>
    internal LinkTable Links { get; }

    /// <summary>In which partition of so many each entity lives: a pod is never divided.</summary>
    public int[] Placement(int partitions)
    {
        var placed = PodPlacement.Place(pods, partitions);
        return [.. podOf.Select(pod => placed[pod.Number])];
    }

    /// <summary>In which partition of so many the proxy or endpoint of that name lives; null if there is none.</summary>
    public int? PartitionOf(string name, int partitions) => names.TryGetValue(name, out var id) ? Placement(partitions)[id] : null;

    /// <summary>The endpoints of a service, in order of replicas.</summary>
    internal int[] EndpointsOf(string service) => [.. services.Where(entry => entry.Value.Name == service).Select(static entry => entry.Key).Order()];

    /// <summary>The pod of an entity.</summary>
    internal Pod PodOf(int entity) => podOf[entity];

    internal Entity Make(int id) => makers[id]();

    /// <summary>Who listens at an address, seen from an entity; null for nobody.</summary>
    internal Listening? Find(string address, int from) => podOf[from].Find(address) ?? (listening.TryGetValue(address, out var found) ? found : null);

    /// <summary>The service an endpoint is of; null for anybody else.</summary>
    internal ServiceRole? ServiceOf(int endpoint) => services.GetValueOrDefault(endpoint);

    /// <summary>Body bytes of a request, by its template and key.</summary>
    internal int RequestBytes(int template, int key) => templates.RequestBytes(template, key);

    /// <summary>The first template of a load.</summary>
    internal int FirstTemplateOf(int load) => Scenario.Load.Take(load).Sum(static one => one.AllRequests.Count());

    /// <summary>The template of a call.</summary>
    internal int TemplateOf(OutgoingCall call) => templateOf[call];

    /// <summary>What a service reads of a direct call's head, as a number.</summary>
    internal int TraitsOfTemplate(int template) => traits[template];

    /// <summary>The replicas of a proxy, at one of its listeners.</summary>
    internal CallPoint[] PointsOfProxy(string proxy, int listener = 0) => [.. Proxies[proxy].Select(entity => new CallPoint(entity, listener))];

    /// <summary>Where a load goes.</summary>
    internal CallPoint[] PointsOfLoad(LoadModel load) =>
        PointsOfProxy(load.To, Scenario.Proxies.First(proxy => proxy.Name == load.To).ListenerOf(load.Listener) ?? 0);

    /// <summary>Where a call of an application goes: its own sidecar, a proxy's replicas, or the replicas of the service.</summary>
    internal CallPoint[] PointsOfCall(int caller, ServiceRole service, OutgoingCall call)
    {
        if (call.Via == OutgoingCall.BySidecar)
        {
            var role = Scenario.Proxies.First(proxy => proxy.Name == service.Sidecar!.Proxy);
            return [new CallPoint(Proxies[role.Name].First(proxy => podOf[proxy] == podOf[caller]), SidecarPorts.Outbound(service, role))];
        }

        if (call.Via != OutgoingCall.Directly)
        {
            return PointsOfProxy(call.Via);
        }

        var to = Scenario.Services.First(other => other.Name == call.To);
        return
        [
            .. answersByName[to.Name]
                .Addresses.Select(ip => listening[new NetworkAddress(ip, to.Port).Text])
                .Zip(plans[to.Name], (at, life) => new CallPoint(at.Entity, services.ContainsKey(at.Entity) ? -1 : at.Listener) { Life = life }),
        ];
    }

    /// <summary>Where an entity listens, sorted.</summary>
    internal ImmutableArray<string> AddressesOf(int entity) =>
        [.. listening.Where(entry => entry.Value.Entity == entity).Select(static entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>Who is in the pod of an entity.</summary>
    internal ImmutableArray<PodNeighbour> NeighboursOf(int entity) => [.. podOf[entity].Neighbours];

    /// <summary>Whether an entity speaks HTTP/1.1 byte by byte; services of a scenario only count.</summary>
    internal bool SpeaksBytes(int endpoint) => !services.ContainsKey(endpoint);

    /// <summary>A role as its proxies run it: with what a report shows written down, if that is asked for.</summary>
    internal ProxyRole Recorded(ProxyRole role)
    {
        if (!RecordsDetails)
        {
            return role;
        }

        if (!recorded.TryGetValue(role, out var found))
        {
            recorded[role] = found = role with { Snapshot = EventCapture.Of(role.Snapshot) };
        }

        return found;
    }

    /// <summary>The node that a replica is on, and how often CPU time is shared out there; null where CPU time is no matter.</summary>
    internal (int Entity, long SliceNs)? NodeOf(ServiceRole service, int replica) =>
        Turn(service.Nodes, replica) is { } name ? (nodes[name], Scenario.Nodes.First(node => node.Name == name).SliceNs) : null;

    /// <summary>Where a client connects from.</summary>
    internal NetworkAddress AddressOf(int client) => clientAddresses.GetValueOrDefault(client, ClientAddress);

    /// <summary>Adds an entity that no scenario describes.</summary>
    /// <param name="address">Where it listens; null for one that only sends.</param>
    /// <param name="clientAddress">Where it connects from; null for an endpoint.</param>
    internal int Add(Func<int, Entity> make, string? address, NetworkAddress? clientAddress)
    {
        var id = Add(NewPod(null), make);
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

    /// <summary>Whether requests cause calls at an endpoint.</summary>
    internal bool MakesCalls(int endpoint) => calling.Contains(endpoint);

    /// <summary>What an endpoint of a service reads of a request, as a number.</summary>
    internal int Traits(int endpoint, HeaderMap head) => RequestTraits.Read(services[endpoint], head).Code;

    /// <summary>What DNS answers: the replicas of a service or proxy by its name, an address for itself, nothing for strangers.</summary>
    /// <param name="counts">How many replicas an autoscaler has announced, by service.</param>
    internal DnsAnswer Resolve(string name, long nowNs, Dictionary<string, int> counts)
    {
        if (Faults.Any(fault => fault is DnsFault dns && dns.ActsAt(nowNs) && (dns.Name.Length == 0 || dns.Name == name)))
        {
            return DnsAnswer.Failure;
        }

        if (answersByName.TryGetValue(name, out var answer))
        {
            if (counts.TryGetValue(name, out var count))
            {
                return answer with { Addresses = [.. answer.Addresses.Take(count)], TtlsS = [.. answer.TtlsS.Take(count)] };
            }

            return Scenario.Changes.IsEmpty || !plans.TryGetValue(name, out var lives) ? answer : Known(answer, lives, nowNs);
        }

        return System.Net.IPAddress.TryParse(name, out _) ? new DnsAnswer(true, [name]) : DnsAnswer.Failure;
    }

    /// <summary>Those of an answer that DNS knows at that time.</summary>
    private static DnsAnswer Known(DnsAnswer all, ImmutableArray<ReplicaLife> lives, long nowNs)
    {
        int[] known = [.. Enumerable.Range(0, lives.Length).Where(i => lives[i].IsKnownAt(nowNs))];
        return all with { Addresses = [.. known.Select(i => all.Addresses[i])], TtlsS = [.. known.Select(i => all.TtlsS[i])] };
    }

    /// <summary>Proxies by themselves have addresses 10.0.x.y; sidecars come with their services.</summary>
    private void AddProxies()
    {
        foreach (var role in Scenario.Proxies.Where(role => !Scenario.WithSidecar(role.Name).Any()))
        {
            var ids = new int[role.Replicas];
            var addresses = ImmutableArray.CreateBuilder<string>();
            for (var replica = 0; replica < role.Replicas; replica++)
            {
                var id = AddProxy(NewPod(Turn(role.Zones, replica)), role, role.ReplicaName(replica));
                ids[replica] = id;
                var ip = string.Create(CultureInfo.InvariantCulture, $"10.0.{1 + ((id + 1) / 256)}.{(id + 1) % 256}");
                addresses.Add(ip);
                clientAddresses[id] = new NetworkAddress(ip, ClientAddress.Port);
                Listen(id, ip, role);
            }

            Proxies[role.Name] = ids;
            answersByName[role.Name] = new DnsAnswer(true, addresses.ToImmutable());
        }
    }

    private int AddProxy(Pod pod, ProxyRole role, string name)
    {
        var id = Add(pod, id => new ProxyEntity(id, name, this, role));
        names[name] = id;
        pod.Names.Add(role.Name);
        return id;
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

    /// <summary>Services have addresses 10.s.x.y, from 11.0.0.0 on for those after the first 255: s for the service, x.y for the replica.</summary>
    private void AddServices()
    {
        for (var s = 0; s < Scenario.Services.Length; s++)
        {
            var service = Scenario.Services[s];
            var addresses = ImmutableArray.CreateBuilder<string>();
            var lives = ReplicaPlan.Of(service, Scenario.Changes);
            plans[service.Name] = lives;
            for (var r = 0; r < lives.Length; r++)
            {
                var net = s + 1;
                var ip = service.AddressOf(r) ?? string.Create(CultureInfo.InvariantCulture, $"{10 + (net / 256)}.{net % 256}.{(r + 1) / 256}.{(r + 1) % 256}");
                addresses.Add(ip);
                AddReplica(service, r, ip, lives[r]);
            }

            answersByName[service.Name] = new DnsAnswer(true, addresses.ToImmutable()) { TtlsS = [.. addresses.Select(_ => service.DnsTtlS)] };
        }
    }

    private void AddReplica(ServiceRole service, int replica, string ip, ReplicaLife life)
    {
        var pod = NewPod(Turn(service.Zones, replica));
        var address = new NetworkAddress(ip, service.Port).Text;
        var name = service.ReplicaName(replica);
        var endpoint = Add(pod, id => new EndpointEntity(id, name, this, service, life, address));
        names[name] = endpoint;
        listening[address] = new Listening(endpoint);
        services[endpoint] = service;
        if (service.AllCalls.Any())
        {
            _ = calling.Add(endpoint);
        }

        pod.Names.Add(service.Name);
        if (service.Sidecar is { } sidecar)
        {
            AddSidecar(pod, service, Scenario.Proxies.First(role => role.Name == sidecar.Proxy), replica, ip, endpoint);
        }
    }

    /// <summary>Within the pod the application is at its port on every address; from outside the sidecar is, if it listens there.</summary>
    private void AddSidecar(Pod pod, ServiceRole service, ProxyRole role, int replica, string ip, int endpoint)
    {
        var id = AddProxy(pod, role, $"{service.ReplicaName(replica)}.{role.Name}");
        Proxies[role.Name] = [.. Proxies.GetValueOrDefault(role.Name, []), id];
        clientAddresses[id] = new NetworkAddress(ip, ClientAddress.Port);
        Listen(id, ip, role);
        foreach (var at in (string[])["127.0.0.1", ip])
        {
            pod.Listen(new NetworkAddress(at, service.Port).Text, new Listening(endpoint), service.ReplicaName(replica));
        }

        var address = new NetworkAddress(ip, service.Port).Text;
        listening[address] = SidecarPorts.Inbound(service, role) is { } inbound ? new Listening(id, inbound) : new Listening(endpoint);
    }

    private void AddClients()
    {
        for (var i = 0; i < Scenario.Load.Length; i++)
        {
            var number = i;
            _ = Add(NewPod(Scenario.Load[i].Zone), id => new ClientEntity(id, string.Create(CultureInfo.InvariantCulture, $"client-{number}"), this, number));
        }
    }

    private void AddAutoscalers()
    {
        foreach (var change in Scenario.Changes.OfType<AutoscalerChange>())
        {
            _ = Add(NewPod(null), id => new AutoscalerEntity(id, $"autoscaler-{change.Service}", this, change));
        }
    }

    private void AddNodes()
    {
        foreach (var node in Scenario.Nodes)
        {
            nodes[node.Name] = Add(NewPod(null), id => new NodeEntity(id, $"node-{node.Name}", this, node));
        }
    }

    /// <summary>Numbers the calls, and reads what services will read of those that reach them directly.</summary>
    private int[] CallTemplates()
    {
        var byName = Scenario.Services.ToDictionary(static service => service.Name, StringComparer.Ordinal);
        var read = new int[Scenario.Templates.Count()];
        var next = FirstTemplateOf(Scenario.Load.Length);
        foreach (var call in Scenario.AllCalls)
        {
            _ = templateOf.TryAdd(call, next);
            read[next] = byName.TryGetValue(call.To, out var to) ? RequestTraits.Read(to, templates.Request(next, 0)).Code : 0;
            next++;
        }

        return read;
    }

    private Pod NewPod(string? zone)
    {
        var pod = new Pod(pods.Count, zone);
        pods.Add(pod);
        return pod;
    }

    private static string? Turn(ImmutableArray<string> zones, int replica) => zones.IsEmpty ? null : zones[replica % zones.Length];

    private int Add(Pod pod, Func<int, Entity> make)
    {
        var id = makers.Count;
        makers.Add(() => make(id));
        podOf.Add(pod);
        pod.Entities++;
        return id;
    }
}

/// <summary>Who listens at an address.</summary>
/// <param name="Listener">Of a proxy: which of its listeners.</param>
internal readonly record struct Listening(int Entity, int Listener = 0);
