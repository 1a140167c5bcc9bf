using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// Which address of loopback each pod of a scenario has. Every pod has its own, 127.N.x.y; what a configuration says of addresses is
/// translated to these, so that nothing leaves the machine and several runs do not meet. Who leads where is as in a simulation: names lead
/// to the replicas of a service or proxy, an address to the service or the listener that has it, and any other address to nobody.
/// </summary>
public sealed class LoopbackPlan
{
    /// <summary>Ports below are for the system's own services; what a scenario has there is moved up by <see cref="MovedBy"/>.</summary>
    private const int FirstFreePort = 1024;

    private const int MovedBy = 40_000;
    private const int HostsInBlock = 250;

    private readonly int network;
    private readonly Dictionary<string, IPEndPoint> byAddress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> strangers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> byName = new(StringComparer.Ordinal);
    private readonly List<PlannedAddress> table = [];
    private int pods;

    /// <param name="network">The second number of all addresses, 1 to 254.</param>
    public LoopbackPlan(Scenario scenario, int network)
    {
        this.network = network;
        Proxies =
        [
            .. scenario.Proxies.SelectMany(role => Enumerable.Range(0, role.Replicas).Select(replica => new PlannedProxy(role, replica, NextAddress()))),
        ];
        Endpoints =
        [
            .. scenario.Services.SelectMany(service =>
                Enumerable
                    .Range(0, service.Replicas)
                    .Select(replica => new PlannedEndpoint(service, replica, new IPEndPoint(NextAddress(), Port(service.Port))))
            ),
        ];
        foreach (var proxy in Proxies)
        {
            AddListeners(proxy);
        }

        foreach (var endpoint in Endpoints)
        {
            AddEndpoint(endpoint);
        }

        foreach (var (name, addresses) in Names())
        {
            byName[name] = addresses;
        }
    }

    public ImmutableArray<PlannedProxy> Proxies { get; }

    public ImmutableArray<PlannedEndpoint> Endpoints { get; }

    /// <summary>What was translated to what, in the order of the scenario.</summary>
    public IReadOnlyList<PlannedAddress> Table => table;

    /// <summary>In place of DNS: the replicas of that name, an address for itself, nothing for strangers.</summary>
    public DnsAnswer Resolve(string name) =>
        byName.TryGetValue(name, out var addresses) ? new DnsAnswer(true, addresses)
        : IPAddress.TryParse(name, out _) ? new DnsAnswer(true, [name])
        : DnsAnswer.Failure;

    /// <summary>Where an endpoint that is given by address or by name leads.</summary>
    public NetworkAddress Translate(string address, int port)
    {
        if (!IPAddress.TryParse(address, out _))
        {
            return new NetworkAddress(address, Port(port));
        }

        if (byAddress.TryGetValue(new NetworkAddress(address, port).Text, out var found))
        {
            return new NetworkAddress(found.Address.ToString(), found.Port);
        }

        if (!strangers.TryGetValue(address, out var nobody))
        {
            strangers[address] = nobody = NextAddress().ToString();
            table.Add(new PlannedAddress("nobody", "", address, nobody));
        }

        return new NetworkAddress(nobody, Port(port));
    }

    /// <summary>The port that stands for a port.</summary>
    public static int Port(int port) => port is > 0 and < FirstFreePort ? port + MovedBy : port;

    /// <summary>A listener at all addresses is at the proxy's own; one at a certain address has one of its own for it.</summary>
    private void AddListeners(PlannedProxy proxy)
    {
        var own = new Dictionary<string, IPAddress>(StringComparer.Ordinal);
        foreach (var listener in proxy.Role.Snapshot.Listeners)
        {
            var at = listener.Address;
            var ip = proxy.Address;
            if (at.Ip is not ("0.0.0.0" or "::") && !own.TryGetValue(at.Ip, out ip!))
            {
                own[at.Ip] = ip = NextAddress();
            }

            var bound = new IPEndPoint(ip, Port(at.Port));
            proxy.Listeners.Add(bound);
            if (!ip.Equals(proxy.Address))
            {
                _ = byAddress.TryAdd(at.Text, bound); // It belongs to the first proxy that listens there.
            }

            table.Add(new PlannedAddress("listener", $"{proxy.Name} {listener.Name}", at.Text, bound.ToString()));
        }
    }

    private void AddEndpoint(PlannedEndpoint endpoint)
    {
        var configured = endpoint.Service.AddressOf(endpoint.Replica) is { } address ? new NetworkAddress(address, endpoint.Service.Port).Text : null;
        if (configured is not null)
        {
            byAddress[configured] = endpoint.Address;
        }

        table.Add(new PlannedAddress("endpoint", endpoint.Name, configured ?? $"{endpoint.Service.Name}:{endpoint.Service.Port}", endpoint.Address.ToString()));
    }

    private IEnumerable<(string Name, ImmutableArray<string> Addresses)> Names() =>
        Proxies
            .GroupBy(static proxy => proxy.Role.Name, StringComparer.Ordinal)
            .Select(static group => (group.Key, group.Select(static proxy => proxy.Address.ToString()).ToImmutableArray()))
            .Concat(
                Endpoints
                    .GroupBy(static endpoint => endpoint.Service.Name, StringComparer.Ordinal)
                    .Select(static group => (group.Key, group.Select(static endpoint => endpoint.Address.Address.ToString()).ToImmutableArray()))
            );

    /// <summary>127.N.0.1 is the run's own; pods follow.</summary>
    private IPAddress NextAddress()
    {
        pods++;
        return IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.{network}.{1 + (pods / HostsInBlock)}.{1 + (pods % HostsInBlock)}"));
    }
}

/// <summary>A proxy of a run.</summary>
/// <param name="Address">Its pod's address.</param>
public sealed record PlannedProxy(ProxyRole Role, int Replica, IPAddress Address)
{
    public string Name => Role.ReplicaName(Replica);

    /// <summary>Where its listeners are bound, in their order.</summary>
    public List<IPEndPoint> Listeners { get; } = [];
}

/// <summary>A replica of a service.</summary>
public sealed record PlannedEndpoint(ServiceRole Service, int Replica, IPEndPoint Address)
{
    public string Name => Service.ReplicaName(Replica);
}

/// <summary>One line of the table of addresses.</summary>
/// <param name="Kind"><c>listener</c>, <c>endpoint</c>, <c>nobody</c>.</param>
/// <param name="Configured">The address, or name and port, in the configuration.</param>
/// <param name="Bound">The address on loopback.</param>
public sealed record PlannedAddress(string Kind, string Name, string Configured, string Bound);
