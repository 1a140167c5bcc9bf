namespace MeshSim.ProxyRuntime.Core;

/// <summary>http2_protocol_options of a cluster.</summary>
/// <param name="MaxConcurrentStreams">max_concurrent_streams, 1 to 2^31 - 1, default 1024: requests at once on one connection; the peer's SETTINGS can lower it.</param>
public sealed record Http2UpstreamSnapshot(uint MaxConcurrentStreams = Http2UpstreamSnapshot.DefaultMaxConcurrentStreams)
{
    public const uint DefaultMaxConcurrentStreams = 1024;
}
