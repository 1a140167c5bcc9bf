using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Who gets the requests of a cluster, and by what arithmetic.</summary>
public sealed record ClusterBalance
{
    public required ClusterSnapshot Cluster { get; init; }

    public required BalanceQuestion Question { get; init; }

    /// <summary>Shares are computed; else choices were made and counted.</summary>
    public required bool IsExact { get; init; }

    /// <summary>The health of all priorities together, at most 100; below that some priority has more than it can carry.</summary>
    public int TotalHealth { get; init; }

    /// <summary>In percent.</summary>
    public int PanicThreshold { get; init; }

    /// <summary>Empty where no balancer came to choose a priority.</summary>
    public ImmutableArray<PriorityBalance> Priorities { get; init; } = [];

    /// <summary>Empty where localities have no weights.</summary>
    public ImmutableArray<LocalityBalance> Localities { get; init; } = [];

    /// <summary>Every endpoint, in the order of the configuration.</summary>
    public ImmutableArray<HostBalance> Hosts { get; init; } = [];

    /// <summary>The share of requests that get no host, 0 to 1.</summary>
    public double None { get; init; }
}

/// <summary>One priority.</summary>
/// <param name="Hosts">All of them; <paramref name="Excluded"/> ones do not count.</param>
/// <param name="Health">Overprovisioned, in percent.</param>
/// <param name="Load">Percent of the requests that go to its healthy hosts – to all of them in panic.</param>
/// <param name="DegradedLoad">Percent of the requests that go to its degraded hosts.</param>
public sealed record PriorityBalance(
    int Hosts,
    int Healthy,
    int Degraded,
    int Excluded,
    int Health,
    int DegradedHealth,
    int Load,
    int DegradedLoad,
    bool InPanic
);

/// <summary>One locality of a priority.</summary>
/// <param name="Weight">load_balancing_weight.</param>
/// <param name="Effective">What is left of it for the hosts that are healthy.</param>
/// <param name="Share">Of the healthy load of the priority, 0 to 1.</param>
public sealed record LocalityBalance(int Priority, LocalitySnapshot Locality, uint Weight, int Hosts, int Healthy, double Effective, double Share);

/// <summary>One endpoint.</summary>
/// <param name="Share">0 to 1.</param>
/// <param name="Picks">How often it was chosen; 0 where shares are computed.</param>
/// <param name="Active">Requests under way.</param>
public sealed record HostBalance(HostSnapshot Host, HealthFlags Health, double Share, long Picks, int Active);
