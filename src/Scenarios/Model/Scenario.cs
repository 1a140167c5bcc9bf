using System.Collections.Immutable;
using System.Globalization;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>An experiment: proxies with real configuration, services behind them, load, faults, and what is expected.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The seed the file gives; null when it leaves the choice to the run.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Virtual time to simulate, nanoseconds.</summary>
    public required long DurationNs { get; init; }

    /// <summary>Virtual time at the beginning that the totals leave out, nanoseconds. Default 0.</summary>
    public long WarmUpNs { get; init; }

    public NetworkModel Network { get; init; } = new(50_000, 0);

    public required ImmutableArray<ProxyRole> Proxies { get; init; }

    public required ImmutableArray<ServiceRole> Services { get; init; }

    /// <summary>Machines whose CPU time services share.</summary>
    public ImmutableArray<NodeModel> Nodes { get; init; } = [];

    public required ImmutableArray<LoadModel> Load { get; init; }

    public ImmutableArray<Fault> Faults { get; init; } = [];

    /// <summary>The calls of all services, in order.</summary>
    public IEnumerable<OutgoingCall> AllCalls => Services.SelectMany(static service => service.AllCalls);

    /// <summary>All kinds of requests of a run, those of loads first, then calls: what entities know each by.</summary>
    public IEnumerable<RequestTemplate> Templates =>
        Load.SelectMany(static (load, number) => load.AllRequests.Select((shape, kind) => new RequestTemplate(shape, load, number, kind)))
            .Concat(
                AllCalls.Select(static call => new RequestTemplate(new RequestShape(1, call.Method, call.Path, call.Host, [], call.BodyBytes), null, 0, 0))
            );

    /// <summary>Whether clients send to a proxy themselves.</summary>
    /// <param name="replica">What it is called in results.</param>
    public bool TakesLoad(string replica) => Proxies.Any(role => Load.Any(load => load.To == role.Name) && role.IsNameOf(replica));

    /// <summary>The services whose pods that proxy is in; none for a proxy by itself.</summary>
    public IEnumerable<ServiceRole> WithSidecar(string proxy) => Services.Where(service => service.Sidecar?.Proxy == proxy);

    /// <summary>How the replicas of services change.</summary>
    public ImmutableArray<ServiceChange> Changes { get; init; } = [];

    /// <summary>What clusters of type EDS are told of their endpoints, in order of time.</summary>
    public ImmutableArray<EndpointChange> EndpointChanges { get; init; } = [];

    /// <summary>Other versions of route tables that proxies are told, in order of time.</summary>
    public ImmutableArray<RouteChange> RouteChanges { get; init; } = [];

    public ImmutableArray<Expectation> Expectations { get; init; } = [];

    /// <summary>What of it does not run over real sockets, each with its place.</summary>
    public ImmutableArray<ConfigProblem> NotLive { get; init; } = [];
}

/// <summary>From some time on a cluster of type EDS has other endpoints.</summary>
/// <param name="Proxy">The proxy's name; all its replicas are told at once.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="AtNs">Virtual nanoseconds; 0: from the begin.</param>
public sealed record EndpointChange(string Proxy, string Cluster, long AtNs, EndpointAssignment Assignment);

/// <summary>From some time on a proxy has another version of a route table.</summary>
/// <param name="Proxy">The proxy's name; all its replicas are told at once.</param>
/// <param name="AtNs">Virtual nanoseconds.</param>
public sealed record RouteChange(string Proxy, long AtNs, RouteTable Routes);

/// <summary>A proxy and how many of it there are.</summary>
/// <param name="Configuration">The bootstrap as text, as the file gave it.</param>
public sealed record ProxyRole(string Name, ProxySnapshot Snapshot, string Configuration, int Concurrency, int Replicas)
{
    /// <summary>Zones of its replicas, in turn; empty for none. Sidecars are where their service is.</summary>
    public ImmutableArray<string> Zones { get; init; } = [];

    /// <summary>CPU time of a worker for each request, nanoseconds: nothing else gets on with it meanwhile. Default 0.</summary>
    public long CpuPerRequestNs { get; init; }

    /// <summary>CPUs that all its workers together may use, above 0: of each 100 ms as much CPU time, as a Kubernetes limit has it. Default: no limit.</summary>
    public double CpuLimit { get; init; } = double.PositiveInfinity;

    /// <summary>Which of its listeners has that name or port; the first where none is asked for, null where there is none such.</summary>
    public int? ListenerOf(string? nameOrPort)
    {
        if (nameOrPort is null)
        {
            return 0;
        }

        var listeners = Snapshot.Listeners;
        for (var i = 0; i < listeners.Length; i++)
        {
            if (listeners[i].Name == nameOrPort || listeners[i].Address?.Port.ToString(CultureInfo.InvariantCulture) == nameOrPort)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Whether that is what one of its replicas is called in results.</summary>
    public bool IsNameOf(string name) => Enumerable.Range(0, Replicas).Any(replica => ReplicaName(replica) == name);

    /// <summary>What a replica is called in results: <c>gateway</c>, or <c>gateway-1</c> where there are several.</summary>
    public string ReplicaName(int replica) => Replicas == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{replica}");
}
