namespace MeshSim.Scenarios.Model;

/// <summary>A fault that comes again and again, from its begin to its end.</summary>
/// <param name="EveryNs">From begin to begin; of a random process the mean time between an end and the next begin.</param>
/// <param name="JitterNs">Each begins up to so much later, all as likely. Of a random process not used.</param>
/// <param name="LengthNs">How long each lasts; of a random process the mean.</param>
/// <param name="IsRandom">Both times are exponential, and each replica has its own.</param>
public sealed record Recurrence(long EveryNs, long JitterNs, long LengthNs, bool IsRandom);
