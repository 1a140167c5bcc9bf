namespace MeshSim.ProxyRuntime.Core;

/// <summary>Which certificate a server shows: one that has the client's name, with a key of a kind the client takes; else the first.</summary>
public static class CertificateSelection
{
    /// <param name="serverName">In lower case; empty if the client sent none.</param>
    /// <param name="clientTakesEcdsa">The client can verify ECDSA signatures: such a certificate is preferred then.</param>
    public static TlsCertificateSnapshot Choose(DownstreamTlsSnapshot tls, string serverName, bool clientTakesEcdsa)
    {
        TlsCertificateSnapshot? chosen = null;
        if (serverName.Length > 0)
        {
            chosen = Best(tls, clientTakesEcdsa, certificate => certificate.ServerNames.Contains(serverName, StringComparer.OrdinalIgnoreCase));
            var dot = serverName.IndexOf('.', 1);
            if (chosen is null && dot > 0 && dot < serverName.Length - 1)
            {
                var wildcard = "*" + serverName[dot..];
                chosen = Best(tls, clientTakesEcdsa, certificate => certificate.ServerNames.Contains(wildcard, StringComparer.OrdinalIgnoreCase));
            }
        }

        if (chosen is null && (serverName.Length == 0 || tls.FullScanCertsOnSniMismatch))
        {
            chosen = Best(tls, clientTakesEcdsa, static _ => true);
        }

        return chosen ?? tls.Common.Certificates[0];
    }

    private static TlsCertificateSnapshot? Best(DownstreamTlsSnapshot tls, bool clientTakesEcdsa, Func<TlsCertificateSnapshot, bool> fits)
    {
        TlsCertificateSnapshot? other = null;
        foreach (var certificate in tls.Common.Certificates)
        {
            if (!fits(certificate))
            {
                continue;
            }

            if (certificate.Leaf.HasEcdsaKey == clientTakesEcdsa)
            {
                return certificate;
            }

            // An RSA key does for a client that would prefer another; an ECDSA key does not for one that cannot verify it.
            other ??= clientTakesEcdsa ? certificate : null;
        }

        return other;
    }
}
