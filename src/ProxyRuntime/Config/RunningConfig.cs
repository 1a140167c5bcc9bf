using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The configuration of a proxy as it is at one moment, with what changed since its start.</summary>
/// <param name="Snapshot">What it started with.</param>
public sealed record RunningConfig(ProxySnapshot Snapshot)
{
    /// <summary>When it started, nanoseconds since the Unix epoch.</summary>
    public long StartUnixNs { get; init; }

    /// <summary>The hosts of each cluster, in the order of the snapshot.</summary>
    public ImmutableArray<ClusterMembership> Clusters { get; init; } = [];

    public ImmutableArray<ListenerStatus> Listeners { get; init; } = [];

    /// <summary>version_info of the last response that changed listeners; empty if there was none.</summary>
    public string ListenersVersion { get; init; } = "";

    /// <summary>The route table of each connection manager, in the order of listeners and filter chains.</summary>
    public ImmutableArray<RouteConfigStatus> RouteConfigs { get; init; } = [];

    /// <summary>What the main machine knows of it; to be read in its thread.</summary>
    public static RunningConfig Of(ProxySnapshot snapshot, IProxyMainView main, long startUnixNs) =>
        new(snapshot)
        {
            StartUnixNs = startUnixNs,
            Clusters = main.Clusters,
            Listeners = main.ListenerStatuses,
            ListenersVersion = main.ListenersVersion,
        };

    /// <summary>The same with the route tables of a worker – all workers have the same; to be read in its thread.</summary>
    public RunningConfig With(IWorkerView worker) =>
        this with
        {
            RouteConfigs =
            [
                .. Listeners.Where(static status => status.Phase != ListenerPhase.Draining).SelectMany(status => worker.RouteConfigs(status.Listener.Name)),
            ],
        };
}
