namespace MeshSim.ProxyRuntime.Core;

/// <summary>One host as configured or resolved. Its identity is its address.</summary>
public sealed record HostSnapshot
{
    public required NetworkAddress Address { get; init; }

    /// <summary>What auto_host_rewrite sends: endpoint.hostname, or the DNS name as configured; empty when there is none.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>load_balancing_weight, at least 1.</summary>
    public uint Weight { get; init; } = 1;

    public int Priority { get; init; }

    public LocalitySnapshot Locality { get; init; } = LocalitySnapshot.None;

    /// <summary>LocalityLbEndpoints.load_balancing_weight of its locality; 0 if it has none.</summary>
    public uint LocalityWeight { get; init; }

    public EdsHealth EdsHealth { get; init; }

    /// <summary>metadata of the endpoint.</summary>
    public MetadataMap Metadata { get; init; } = MetadataMap.Empty;

    /// <summary>Metadata <c>envoy.lb</c> says <c>canary: true</c>.</summary>
    public bool IsCanary => Metadata.Get("envoy.lb")?.Field("canary") is { Bool: true };
}
