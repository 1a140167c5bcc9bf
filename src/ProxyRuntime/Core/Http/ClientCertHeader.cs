namespace MeshSim.ProxyRuntime.Core;

/// <summary>x-forwarded-client-cert: passed on only where the client has shown a certificate, unless it is always to be.</summary>
internal static class ClientCertHeader
{
    public static void Apply(HeaderMap request, ForwardClientCert mode, ConnectionInfo connection)
    {
        if (mode == ForwardClientCert.AlwaysForwardOnly)
        {
            return;
        }

        if (mode == ForwardClientCert.Sanitize || !connection.PeerCertificatePresented)
        {
            _ = request.Remove(HeaderName.XForwardedClientCert);
        }
    }
}
