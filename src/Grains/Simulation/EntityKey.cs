namespace MeshSim.Grains.Simulation;

/// <summary>Keys of entity grains: <c>run/entity</c>.</summary>
internal static class EntityKey
{
    public static (string Run, string Entity) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? throw new ArgumentException($"'{key}' is not of the form run/entity.", nameof(key)) : (key[..slash], key[(slash + 1)..]);
    }
}
