namespace MeshSim.Scenarios.Engine;

/// <summary>What ends a run that does not end by itself.</summary>
/// <param name="MaxEvents">Events of all partitions together. Default two thousand million.</param>
public sealed record RunLimits(long MaxEvents = 2_000_000_000)
{
    public static readonly RunLimits Default = new();
}

/// <summary>A run was ended by a limit; the message says seed, virtual time and event number.</summary>
public sealed class RunLimitException(string message) : Exception(message);
