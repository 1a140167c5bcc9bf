using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>What a report shows of a proxy beyond its counts. Not part of the result's hash, but the same whatever the partitions.</summary>
public sealed record ProxyDetails
{
    public static readonly ProxyDetails Empty = new();

    /// <summary>Where its listeners are reached.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Who is where for it alone: the application of its pod.</summary>
    public ImmutableArray<PodNeighbour> Pod { get; init; } = [];

    /// <summary>Responses by status and flags, in each second.</summary>
    public ImmutableArray<NamedSeries> Outcomes { get; init; } = [];

    /// <summary>What <see cref="ReportedStatistics"/> that are counters gained in each second.</summary>
    public ImmutableArray<NamedSeries> Counters { get; init; } = [];

    /// <summary>What <see cref="ReportedStatistics"/> that are gauges were at the end of each second.</summary>
    public ImmutableArray<NamedSeries> Gauges { get; init; } = [];

    /// <summary>Its hosts as they were at the end, cluster by cluster.</summary>
    public ImmutableArray<HostTotals> Hosts { get; init; } = [];

    /// <summary>Chosen requests, in order of time.</summary>
    public ImmutableArray<RequestHop> Hops { get; init; } = [];

    /// <summary>Its <c>/stats</c> at the end of the run; empty if nobody wrote it.</summary>
    public string Stats { get; init; } = "";

    /// <summary>Its access log; empty unless it was asked for.</summary>
    public ImmutableArray<string> AccessLog { get; init; } = [];

    /// <summary>Lines of the access log that are not in <see cref="AccessLog"/>, as there were too many.</summary>
    public long AccessLogLost { get; init; }
}

/// <summary>Somebody whom those in the same pod reach at an address.</summary>
public sealed record PodNeighbour(string Address, string Name);

/// <summary>A count or level in each second of a run, up to the last that has some.</summary>
public sealed record NamedSeries(string Name, ImmutableArray<long> Values);

/// <summary>What one proxy sent to one host of a cluster: the numbers of <c>/clusters</c>.</summary>
/// <param name="Address">The host's address.</param>
/// <param name="Health">As <c>/clusters</c> has it at the end; empty for healthy.</param>
public sealed record HostTotals(
    string Cluster,
    string Address,
    int Priority,
    long Total,
    long Success,
    long Error,
    long Timeout,
    long ConnectFail,
    string Health
)
{
    /// <summary>All hosts of all clusters.</summary>
    public static ImmutableArray<HostTotals> Of(IEnumerable<ClusterMembership> clusters) =>
        [
            .. clusters.SelectMany(static cluster =>
                cluster.Hosts.Select(host => new HostTotals(
                    cluster.Cluster,
                    host.Address.Text,
                    host.Snapshot.Priority,
                    host.StatsSoFar.RqTotal,
                    host.StatsSoFar.RqSuccess,
                    host.StatsSoFar.RqError,
                    host.StatsSoFar.RqTimeout,
                    host.StatsSoFar.CxConnectFail,
                    host.Health == HealthFlags.None ? "" : $"{host.Health}"
                ))
            ),
        ];
}
