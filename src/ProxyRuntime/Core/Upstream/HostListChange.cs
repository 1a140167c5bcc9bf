using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What an update of the hosts of a cluster comes to.</summary>
internal sealed class HostListChange
{
    /// <summary>All hosts as they are now.</summary>
    public ImmutableArray<HostState> Hosts { get; set; } = [];

    /// <summary>Priorities in which hosts came or went.</summary>
    public SortedSet<int> Moved { get; } = [];

    /// <summary>Priorities in which something else has changed that balancing depends on; those of <see cref="Moved"/> may be among them.</summary>
    public SortedSet<int> Touched { get; } = [];

    /// <summary>The largest weight of a host in the last priority, at least 1: the gauge max_host_weight.</summary>
    public uint MaxWeight { get; set; } = 1;

    public bool IsEmpty => Moved.Count == 0 && Touched.Count == 0;
}
