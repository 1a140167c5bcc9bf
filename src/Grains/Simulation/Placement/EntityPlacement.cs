using MeshSim.Grains.Contracts;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace MeshSim.Grains.Simulation;

/// <summary>The grain of an entity lives where its partition does.</summary>
[GenerateSerializer, Immutable]
internal sealed class EntityPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class EntityPlacementAttribute() : PlacementAttribute(new EntityPlacement());

/// <summary>Carries <see cref="EntityPlacement"/> out by asking the run. What belongs to no run goes anywhere.</summary>
internal sealed class EntityPlacementDirector(IGrainFactory grains) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        var (run, rest) = EntityKey.Split(target.GrainIdentity.Key.ToString()!);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var entity = slash < 0 ? rest : rest[..slash];
        var place = await grains.GetGrain<ISimulationGrain>(run).Locate(entity);
        return Array.Find(silos, silo => silo.ToParsableString() == place?.Silo) ?? silos[0];
    }
}
