using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>Timers of virtual time for endpoints, which are there before the simulation is.</summary>
internal sealed class WireClock
{
    public WireSimulation? Simulation { get; set; }

    /// <summary>Does something after so many nanoseconds; at once for none.</summary>
    public void After(long delayNs, Action action)
    {
        if (delayNs == 0)
        {
            action();
        }
        else
        {
            Simulation!.After(delayNs, action);
        }
    }
}
