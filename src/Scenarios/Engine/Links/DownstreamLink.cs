using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>One connection to a simulated proxy, as the proxy's driver sees it.</summary>
internal abstract class DownstreamLink(SimWorker worker, DownstreamPeer peer)
{
    /// <summary>When the last message to the peer arrives; a connection keeps the order.</summary>
    private long lastArrivalNs;

    public DownstreamPeer Peer => peer;

    /// <summary>How many requests have begun on it.</summary>
    public int Streams { get; set; }

    /// <summary>What the client brings into a TLS handshake; null for plain text.</summary>
    public TlsClientParty? Client { get; init; }

    /// <summary>Its filter chain; null before it has one.</summary>
    public FilterChainSnapshot? Chain { get; private set; }

    /// <summary>Its TLS handshake is done.</summary>
    public bool IsSecured { get; set; }

    /// <summary>The peer knows that it is connected.</summary>
    public bool IsConnected { get; private set; }

    protected SimWorker Worker => worker;

    /// <summary>The connection has a filter chain.</summary>
    public virtual void Use(FilterChainSnapshot chain) => Chain = chain;

    /// <summary>The client itself may close a connection that the proxy gives up.</summary>
    public virtual bool IsClosedByPeer => false;

    /// <summary>A part of an answer goes to the client.</summary>
    /// <param name="content">The body bytes that go with it; empty where they are only counted.</param>
    public abstract void Carry(in Effect effect, ReadOnlySpan<byte> content);

    /// <summary>A request is over; the next one may begin.</summary>
    public virtual void OnStreamOver() { }

    /// <summary>Nothing more comes, nothing more is said: what is still held goes back.</summary>
    public virtual void Dispose() { }

    /// <summary>Tells the peer that the connection is there.</summary>
    /// <param name="conclusion">How the handshake ended; 0 for plain text.</param>
    public void SayConnected(int conclusion = 0)
    {
        if (!IsConnected)
        {
            IsConnected = true;
            Say(EventKind.ClientConnected, EventKind.UpstreamConnected, conclusion);
        }
    }

    /// <summary>Tells the peer that the connection is closed.</summary>
    public void SayClosed() => Say(EventKind.ClientClosed, EventKind.UpstreamClosed);

    /// <summary>The whole of an answer is there: what load generators are told.</summary>
    protected void SayAnswered(int status) => lastArrivalNs = worker.Send(peer.Entity, EventKind.ClientResponse, peer.Number, 0, status, lastArrivalNs);

    protected void SendBytes(ReadOnlySpan<byte> bytes) =>
        lastArrivalNs = peer.IsProxy
            ? worker.Send(peer.Entity, EventKind.UpstreamBytes, worker.Put(bytes), peer.Number, peer.Worker, lastArrivalNs)
            : worker.Send(peer.Entity, EventKind.ClientBytes, worker.Put(bytes), peer.Number, 0, lastArrivalNs);

    private void Say(EventKind toClient, EventKind toProxy, int conclusion = 0) =>
        lastArrivalNs = peer.IsProxy
            ? worker.Send(peer.Entity, toProxy, peer.Worker, peer.Number, 0, lastArrivalNs)
            : worker.Send(peer.Entity, toClient, peer.Number, 0, conclusion, lastArrivalNs);
}
