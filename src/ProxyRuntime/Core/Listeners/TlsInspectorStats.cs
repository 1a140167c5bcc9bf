namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of the tls_inspectors of a proxy, under <c>tls_inspector.</c></summary>
internal sealed class TlsInspectorStats(StatSheet sheet)
{
    private readonly Counter alpnFound = sheet.Counter("tls_inspector.alpn_found");
    private readonly Counter alpnNotFound = sheet.Counter("tls_inspector.alpn_not_found");
    private readonly Counter clientHelloTooLarge = sheet.Counter("tls_inspector.client_hello_too_large");
    private readonly Counter sniFound = sheet.Counter("tls_inspector.sni_found");
    private readonly Counter sniNotFound = sheet.Counter("tls_inspector.sni_not_found");
    private readonly Counter tlsFound = sheet.Counter("tls_inspector.tls_found");
    private readonly Counter tlsNotFound = sheet.Counter("tls_inspector.tls_not_found");

    /// <summary>It has come to an end, and the connection goes on.</summary>
    public void Found(ConnectionInfo connection)
    {
        if (connection.TransportProtocol != ConnectionInfo.TransportTls)
        {
            tlsNotFound.Increment();
            return;
        }

        tlsFound.Increment();
        (connection.ApplicationProtocols.Count > 0 ? alpnFound : alpnNotFound).Increment();
        (connection.RequestedServerName.Length > 0 ? sniFound : sniNotFound).Increment();
    }

    public void TooLarge() => clientHelloTooLarge.Increment();
}
