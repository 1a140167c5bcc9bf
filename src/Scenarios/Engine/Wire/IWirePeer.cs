namespace MeshSim.Scenarios.Engine;

/// <summary>One end of a simulated connection, outside the proxy.</summary>
public interface IWirePeer
{
    /// <summary>The connection is there.</summary>
    void OnConnected(WireConnection connection);

    /// <param name="bytes">What the proxy has sent; valid only during the call.</param>
    void OnBytes(WireConnection connection, ReadOnlySpan<byte> bytes);

    /// <summary>The proxy has closed the connection.</summary>
    void OnClosed(WireConnection connection);
}

/// <summary>Somebody who listens at a simulated address.</summary>
public interface IWireServer
{
    /// <summary>False while nobody listens: connections are refused.</summary>
    bool IsListening { get; }

    /// <summary>It speaks TLS, as this says; null for plain text.</summary>
    TlsServerParty? Tls => null;

    /// <summary>Who serves a new connection; with TLS one whose handshake is done.</summary>
    IWirePeer Accept();
}
