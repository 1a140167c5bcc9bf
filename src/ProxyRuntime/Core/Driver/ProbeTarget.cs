namespace MeshSim.ProxyRuntime.Core;

/// <summary>Where a connection for health checks goes, and what it speaks.</summary>
/// <param name="Host">Whose health is asked for.</param>
/// <param name="Address">health_check_config of the endpoint, else the host's own.</param>
/// <param name="Passing">What a healthy host answers, for drivers whose hosts have no contents of their own.</param>
public sealed record ProbeTarget(HostState Host, NetworkAddress Address, ProbeProtocol Protocol, ProbeAnswer Passing);

/// <summary>What a connection for health checks speaks.</summary>
public enum ProbeProtocol : byte
{
    Http1,
    Http2,

    /// <summary>Bytes as they are.</summary>
    Raw,
}

/// <summary>An answer to a health check.</summary>
/// <param name="Head">Null where there are only bytes.</param>
/// <param name="Trailers">Null for none.</param>
public sealed record ProbeAnswer(HeaderMap? Head, ReadOnlyMemory<byte> Content, HeaderMap? Trailers);
