namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.listener.tls_inspector: looks at the first bytes of a connection for what a TLS client asks for.</summary>
/// <param name="MaxClientHelloBytes">max_client_hello_size, 256 to 16384. Default 16384.</param>
/// <param name="ClosesOnParsingErrors">close_connection_on_client_hello_parsing_errors. Default false: what is no TLS is plain text.</param>
public sealed record TlsInspectorSnapshot(int MaxClientHelloBytes = ClientHelloReader.DefaultMaxBytes, bool ClosesOnParsingErrors = false)
{
    /// <summary>What the first bytes of a connection say of it. Every driver whose clients speak bytes asks here.</summary>
    /// <param name="bytes">All that has come so far.</param>
    /// <param name="connection">What is known without them.</param>
    /// <param name="state">Where there is no result: <see cref="ClientHelloState.NeedMore"/>, or why the connection ends (<see cref="Worker.InspectionFailed"/>).</param>
    /// <returns>The connection with which it goes on; null if it does not, or not yet.</returns>
    public ConnectionInfo? Inspect(ReadOnlySpan<byte> bytes, ConnectionInfo connection, out ClientHelloState state)
    {
        state = ClientHelloReader.Read(bytes, MaxClientHelloBytes, out var hello);
        return state switch
        {
            ClientHelloState.Complete => connection with
            {
                TransportProtocol = ConnectionInfo.TransportTls,
                RequestedServerName = hello.ServerName,
                ApplicationProtocols = hello.ApplicationProtocols,
            },
            ClientHelloState.NotTls when !ClosesOnParsingErrors => connection,
            _ => null,
        };
    }
}
