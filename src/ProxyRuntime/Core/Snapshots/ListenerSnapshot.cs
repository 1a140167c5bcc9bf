namespace MeshSim.ProxyRuntime.Core;

/// <summary>One listener: where it accepts connections and what it does with them.</summary>
public sealed record ListenerSnapshot
{
    /// <summary>The configured name, or the address text where none was given.</summary>
    public required string Name { get; init; }

    public required NetworkAddress Address { get; init; }

    /// <summary>The connection manager of its filter chain; null for a chain without filters, which closes every connection.</summary>
    public HttpConnectionManagerSnapshot? ConnectionManager { get; init; }

    /// <summary>metadata of the listener.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>name of its filter chain; empty when not given.</summary>
    public string FilterChainName { get; init; } = "";

    /// <summary>metadata of its filter chain.</summary>
    public MetadataMap FilterChainMetadata { get; init; } = MetadataMap.Empty;

    /// <summary>What stands behind <c>listener.</c> in statistics: the address with <c>:</c> as <c>_</c>, or stat_prefix.</summary>
    public required string StatPrefix { get; init; }
}
