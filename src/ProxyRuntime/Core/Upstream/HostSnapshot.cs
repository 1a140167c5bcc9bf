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

    /// <summary>health_check_config of the endpoint.</summary>
    public HostHealthCheckSnapshot HealthCheck { get; init; } = HostHealthCheckSnapshot.Default;

    /// <summary>Metadata <c>envoy.lb</c> says <c>canary: true</c>.</summary>
    public bool IsCanary => Metadata.Get("envoy.lb")?.Field("canary") is { Bool: true };
}

/// <summary>health_check_config of an endpoint: how it is checked otherwise than its cluster says.</summary>
public sealed record HostHealthCheckSnapshot
{
    public static readonly HostHealthCheckSnapshot Default = new();

    /// <summary>address: an IP address; empty: the host's own.</summary>
    public string Address { get; init; } = "";

    /// <summary>port_value, 0 = that of the address, else the host's own.</summary>
    public int Port { get; init; }

    /// <summary>hostname: goes before the host of the check; empty for none.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>disable_active_health_check: it is never checked and counts as healthy.</summary>
    public bool IsDisabled { get; init; }

    internal NetworkAddress Of(NetworkAddress host) => new(Address.Length > 0 ? Address : host.Ip, Port > 0 ? Port : host.Port);
}
