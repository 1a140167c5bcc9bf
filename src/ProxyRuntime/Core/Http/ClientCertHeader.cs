namespace MeshSim.ProxyRuntime.Core;

/// <summary>x-forwarded-client-cert: passed on, and told of, only where the client has shown a certificate, unless it is always to be passed on.</summary>
internal static class ClientCertHeader
{
    public static void Apply(HeaderMap request, HttpConnectionManagerSnapshot settings, ConnectionInfo connection, ByteBuffer scratch)
    {
        var mode = settings.ForwardClientCert;
        if (mode == ForwardClientCert.AlwaysForwardOnly)
        {
            return;
        }

        if (mode == ForwardClientCert.Sanitize || !connection.PeerCertificatePresented)
        {
            _ = request.Remove(HeaderName.XForwardedClientCert);
            return;
        }

        if (mode == ForwardClientCert.ForwardOnly || connection.Tls is not { Peer: { } peer } tls)
        {
            return;
        }

        scratch.Clear();
        Write(scratch, settings.ClientCertDetails, tls.Local, peer);
        if (mode == ForwardClientCert.SanitizeSet || !request.Contains(HeaderName.XForwardedClientCert))
        {
            request.Set(HeaderName.XForwardedClientCert, scratch.Span);
        }
        else
        {
            request.AppendTo(HeaderName.XForwardedClientCert, scratch.Span);
        }
    }

    /// <summary>The element of this proxy; its parts stand in Envoy's order.</summary>
    private static void Write(ByteBuffer output, ClientCertDetails details, CertificateInfo? local, CertificateInfo peer)
    {
        foreach (var uri in local?.UriSans ?? [])
        {
            Part(output, "By="u8, uri);
        }

        Part(output, "Hash="u8, peer.Fingerprint256);
        if (details.Cert)
        {
            Quoted(output, "Cert="u8, peer.Pem);
        }

        if (details.Chain)
        {
            Quoted(output, "Chain="u8, peer.ChainPem);
        }

        if (details.Subject)
        {
            Quoted(output, "Subject="u8, peer.Subject);
        }

        if (details.Uri)
        {
            Each(output, "URI="u8, peer.UriSans);
            if (peer.UriSans.Count == 0)
            {
                Part(output, "URI="u8, "");
            }
        }

        if (details.Dns)
        {
            Each(output, "DNS="u8, peer.DnsSans);
        }
    }

    private static void Each(ByteBuffer output, ReadOnlySpan<byte> key, IReadOnlyList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            Part(output, key, values[i]);
        }
    }

    private static void Quoted(ByteBuffer output, ReadOnlySpan<byte> key, string value)
    {
        Part(output, key, "\"");
        output.AppendText(value);
        output.Append((byte)'"');
    }

    private static void Part(ByteBuffer output, ReadOnlySpan<byte> key, string value)
    {
        if (!output.Span.IsEmpty)
        {
            output.Append((byte)';');
        }

        output.Append(key);
        output.AppendText(value);
    }
}
