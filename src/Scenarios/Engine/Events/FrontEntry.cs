namespace MeshSim.Scenarios.Engine;

/// <summary>An event that comes soon: what it is ordered by, but for the count of its source, and where it is kept.</summary>
internal readonly struct FrontEntry(long timeNs, int source, int slot)
{
    public readonly long TimeNs = timeNs;
    public readonly int Source = source;
    public readonly int Slot = slot;
}
