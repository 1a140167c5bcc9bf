namespace MeshSim.Scenarios.Engine;

/// <summary>What a partition tells another when it has finished a window. Every partition tells every other, even if there is nothing to send.</summary>
/// <param name="Window">Which window, from 1; 0 is what it tells before the first.</param>
/// <param name="NextTimeNs">Its earliest pending event, or the earliest it has just sent to anybody; <see cref="long.MaxValue"/> for none.</param>
/// <param name="Events">A batch for the receiver; empty for none.</param>
public readonly record struct WindowMessage(long Window, long NextTimeNs, byte[] Events);
