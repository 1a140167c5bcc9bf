namespace MeshSim.Grains.Simulation;

/// <summary>What a silo needs to take parts of runs.</summary>
public static class SimulationSiloExtensions
{
    public static ISiloBuilder AddSimulation(this ISiloBuilder silo) =>
        silo.ConfigureServices(static services =>
        {
            services.AddPlacementDirector<PartitionPlacement, PartitionPlacementDirector>();
            services.AddPlacementDirector<EntityPlacement, EntityPlacementDirector>();
        });
}
