namespace MeshSim.ProxyRuntime.Core;

/// <summary>The root of all randomness of one entity: gives independent named streams, one for each purpose.</summary>
/// <remarks>A stream depends on the seed and on its name only, so drawing more from one never moves another.</remarks>
public sealed class RandomSource(ulong seed)
{
    public ulong Seed { get; } = seed;

    /// <summary>The stream for <paramref name="purpose"/>, for example <c>Derive("lb", clusterName)</c>.</summary>
    public RandomStream Derive(string purpose, string name = "") => new(Child(purpose, name));

    /// <summary>A source of its own for a part, for example one worker of a proxy.</summary>
    public RandomSource DeriveSource(string part, string name = "") => new(Child(part, name));

    private ulong Child(string purpose, string name) => StableHash.Of(name, StableHash.Of(purpose, Seed));
}
