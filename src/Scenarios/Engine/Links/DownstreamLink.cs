using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>One connection from a client to a simulated proxy, as the proxy's driver sees it.</summary>
internal abstract class DownstreamLink(int client, long number)
{
    /// <summary>The client's entity.</summary>
    public int Client => client;

    /// <summary>The client's own number for it.</summary>
    public long Number => number;

    /// <summary>How many requests have begun on it.</summary>
    public int Streams { get; set; }

    /// <summary>When the last message to the client arrives; a connection keeps the order.</summary>
    public long LastArrivalNs { get; set; }

    /// <summary>The client itself may close a connection that the proxy gives up.</summary>
    public virtual bool IsClosedByPeer => false;

    /// <summary>A part of an answer goes to the client.</summary>
    /// <param name="content">The body bytes that go with it; empty where they are only counted.</param>
    public abstract void Carry(in Effect effect, ReadOnlySpan<byte> content);

    /// <summary>A request is over; the next one may begin.</summary>
    public virtual void OnStreamOver() { }

    /// <summary>Nothing more comes, nothing more is said: what is still held goes back.</summary>
    public virtual void Dispose() { }
}
