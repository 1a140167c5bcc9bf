using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection to a host that carries the bytes of a client of a TCP proxy, as they are.</summary>
internal sealed class WireTcpUpstream(SimWorker worker, int endpoint, UpstreamConnectionId id, ConnectionId client) : UpstreamLink(endpoint)
{
    private long lastArrivalNs;

    /// <summary>How the handshake ended that the client has with the host through the proxy; 0 if there was none.</summary>
    public int Conclusion { get; set; }

    public void Send(ReadOnlySpan<byte> bytes) =>
        lastArrivalNs = worker.Send(Endpoint, EventKind.RequestBytes, worker.Put(bytes), id.Value, worker.Index, lastArrivalNs);

    public override void Receive(ReadOnlySpan<byte> bytes) => worker.PassDown(client, bytes);

    public override void Close() => _ = worker.Send(Endpoint, EventKind.Gone, worker.Index, id.Value, 0, lastArrivalNs);

    public override void OnPeerClosed() => worker.EndTcp(client);

    public override void Start(in Effect effect) => throw NoRequests();

    public override void Data(ReadOnlySpan<byte> content, bool endStream) => throw NoRequests();

    public override void Trailers(HeaderMap trailers) => throw NoRequests();

    private static InvalidOperationException NoRequests() => new("A TCP proxy knows of no requests.");
}
