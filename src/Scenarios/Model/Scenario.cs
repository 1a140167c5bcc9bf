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

    public required ImmutableArray<LoadModel> Load { get; init; }

    public ImmutableArray<Fault> Faults { get; init; } = [];

    /// <summary>What clusters of type EDS are told of their endpoints, in order of time.</summary>
    public ImmutableArray<EndpointChange> EndpointChanges { get; init; } = [];

    public ImmutableArray<Expectation> Expectations { get; init; } = [];

    /// <summary>What of it does not run over real sockets, each with its place.</summary>
    public ImmutableArray<ConfigProblem> NotLive { get; init; } = [];
}

/// <summary>From some time on a cluster of type EDS has other endpoints.</summary>
/// <param name="Proxy">The proxy's name; all its replicas are told at once.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="AtNs">Virtual nanoseconds; 0: from the begin.</param>
public sealed record EndpointChange(string Proxy, string Cluster, long AtNs, EndpointAssignment Assignment);

/// <summary>Every link: a floor that also bounds how far partitions may run apart, and an exponential part on top.</summary>
/// <param name="LatencyFloorNs">latency_floor, above 0. Default 50 µs.</param>
/// <param name="LatencyMeanNs">latency_mean: mean of the random part. Default 0.</param>
public sealed record NetworkModel(long LatencyFloorNs, long LatencyMeanNs)
{
    /// <summary>One way over a link, nanoseconds.</summary>
    public long SampleNs(RandomStream random) => LatencyMeanNs == 0 ? LatencyFloorNs : LatencyFloorNs + Samplers.ExponentialNs(random, LatencyMeanNs);
}

/// <summary>A proxy and how many of it there are.</summary>
/// <param name="Configuration">The bootstrap as text, as the file gave it.</param>
public sealed record ProxyRole(string Name, ProxySnapshot Snapshot, string Configuration, int Concurrency, int Replicas)
{
    /// <summary>What a replica is called in results: <c>gateway</c>, or <c>gateway-1</c> where there are several.</summary>
    public string ReplicaName(int replica) => Replicas == 1 ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}-{replica}");
}

/// <summary>Open-loop Poisson arrivals at a proxy.</summary>
/// <param name="To">The proxy's name; its replicas are taken in turn.</param>
/// <param name="RatePerSecond">Mean arrivals a second.</param>
/// <param name="TimeoutNs">The client gives up after this. Default 20 s.</param>
public sealed record LoadModel(string To, double RatePerSecond, long FromNs, long UntilNs, string Method, string Path, string Host, long TimeoutNs)
{
    /// <summary>A header that tells users apart; null for none.</summary>
    public ZipfHeader? Zipf { get; init; }
}

/// <summary>
/// A request header with one of so many keys, some far more often than others: key number k, counted from 0, is drawn with weight
/// 1/(k+1)^s, and the value is the prefix with that number behind it.
/// </summary>
/// <param name="Exponent">s; 0 makes all keys alike.</param>
public sealed record ZipfHeader(string Header, string Prefix, int Keys, double Exponent);
