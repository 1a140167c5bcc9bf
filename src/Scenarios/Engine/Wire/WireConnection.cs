namespace MeshSim.Scenarios.Engine;

/// <summary>A simulated connection as the proxy's peer holds it. Bytes arrive in the order in which they were sent.</summary>
public sealed class WireConnection
{
    private readonly WireHost host;

    internal WireConnection(WireHost host, IWirePeer peer)
    {
        this.host = host;
        Peer = peer;
    }

    public bool IsOpen { get; private set; } = true;

    /// <summary>How its TLS handshake ended; null for plain text.</summary>
    public TlsConclusion? Tls { get; internal set; }

    internal IWirePeer Peer { get; }

    /// <summary>It waits for a handshake that nobody begins: whatever comes is none, and ends it.</summary>
    internal bool AwaitsHandshake { get; init; }

    internal int Proxy { get; init; }

    /// <summary>Of a connection to the proxy: the client's own number. Of one from the proxy: the proxy's number for it.</summary>
    internal long Number { get; init; }

    /// <summary>Of a connection from the proxy: which worker made it. −1 for one to the proxy.</summary>
    internal int Worker { get; init; } = -1;

    internal long LastArrivalNs { get; set; }

    /// <summary>Sends bytes; nothing happens on a connection that is closed.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsOpen && !bytes.IsEmpty)
        {
            host.SendBytes(this, bytes);
        }
    }

    /// <summary>Closes the connection, in order or by a reset: the proxy acts alike.</summary>
    public void Close()
    {
        if (IsOpen)
        {
            IsOpen = false;
            host.SendClose(this);
        }
    }

    internal void OnClosed()
    {
        if (IsOpen)
        {
            IsOpen = false;
            Peer.OnClosed(this);
        }
    }
}
