namespace MeshSim.Scenarios.Model;

/// <summary>
/// A machine whose CPU time the pods on it share: with more requests in own work than CPUs, each goes on at CPUs ÷ requests of its speed.
/// Requests that wait for their calls take none.
/// </summary>
/// <param name="Cpus">Above 0; a part of one is accepted.</param>
/// <param name="SliceNs">How often CPU time is shared out anew, nanoseconds above 0.</param>
public sealed record NodeModel(string Name, double Cpus, long SliceNs)
{
    /// <summary>How fast own work goes on with so many requests in it, up to 1.</summary>
    public double Speed(int working) => working <= Cpus ? 1 : Cpus / working;
}
