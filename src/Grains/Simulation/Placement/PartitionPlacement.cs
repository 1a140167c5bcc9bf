using System.Globalization;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MeshSim.Grains.Simulation;

/// <summary>Partitions go to the silos in turn.</summary>
[GenerateSerializer, Immutable]
internal sealed class PartitionPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class PartitionPlacementAttribute() : PlacementAttribute(new PartitionPlacement());

/// <summary>Carries <see cref="PartitionPlacement"/> out: number k of a run's partitions lives in silo k of those there are, by address.</summary>
internal sealed class PartitionPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        var (_, index) = EntityKey.Split(target.GrainIdentity.Key.ToString()!);
        return Task.FromResult(silos[int.Parse(index, CultureInfo.InvariantCulture) % silos.Length]);
    }
}
