namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What a snapshot was built of, as it was configured: <c>/config_dump</c> shows it, nothing in the core depends on it. Snapshots are compared
/// by what was read of it, so all of them count as equal.
/// </summary>
public abstract class ConfigMessage
{
    /// <summary>Of a snapshot that was made in code.</summary>
    public static readonly ConfigMessage None = new NoMessage();

    public sealed override bool Equals(object? obj) => obj is ConfigMessage;

    public sealed override int GetHashCode() => 0;

    private sealed class NoMessage : ConfigMessage;
}
