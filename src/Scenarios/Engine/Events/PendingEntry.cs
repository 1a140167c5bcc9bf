namespace MeshSim.Scenarios.Engine;

/// <summary>When a pending event comes and where it is kept. It was cancelled if its slot has another generation by now.</summary>
internal readonly struct PendingEntry(long timeNs, int slot, uint generation)
{
    public readonly long TimeNs = timeNs;
    public readonly int Slot = slot;
    public readonly uint Generation = generation;
}
