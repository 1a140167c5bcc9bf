using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>How a simulated handshake ended for both sides.</summary>
/// <param name="Protocol">What ALPN agreed on; null for nothing.</param>
public sealed record TlsConclusion(TlsHandshake Client, TlsHandshake Server, string? Protocol)
{
    public bool IsDone => Client.Outcome == TlsOutcome.Done && Server.Outcome == TlsOutcome.Done;
}

/// <summary>A TLS handshake of facts: versions first, then the client looks at the server's certificate, then the server at the client's.</summary>
internal static class TlsNegotiation
{
    public static TlsConclusion Run(TlsClientParty client, TlsServerParty server, long unixNs)
    {
        var version = client.MaxVersion < server.MaxVersion ? client.MaxVersion : server.MaxVersion;
        if (version < client.MinVersion || version < server.MinVersion)
        {
            return Failed(TlsHandshake.ProtocolError, TlsHandshake.ProtocolError);
        }

        var own = server.CertificateFor(client.ServerName);
        var (found, clientGoesOn) = client.Judge(own, unixNs);
        if (!clientGoesOn)
        {
            return Failed(TlsHandshake.Refused(found), TlsHandshake.ProtocolError);
        }

        var shown = server.AsksForCertificate ? client.Certificate : [];
        var (verdict, serverGoesOn) = server.Judge(shown, unixNs);
        if (!serverGoesOn)
        {
            return Failed(TlsHandshake.ProtocolError, TlsHandshake.Refused(verdict));
        }

        var info = new TlsInfo { Version = TlsVersions.Name(version), Cipher = Cipher(version, own) };
        return new TlsConclusion(
            new TlsHandshake(TlsOutcome.Done, found, info with { ServerName = client.ServerName, Peer = Peer(own), Local = First(client.Certificate) }),
            new TlsHandshake(TlsOutcome.Done, verdict, info with { Peer = Peer(shown), Local = First(own) }),
            server.ChooseProtocol(client.Protocols)
        );
    }

    private static TlsConclusion Failed(TlsHandshake client, TlsHandshake server) => new(client, server, null);

    private static CertificateInfo? Peer(ImmutableArray<CertificateInfo> shown) => shown.IsEmpty ? null : CertificateReader.ReadChain(shown);

    private static CertificateInfo? First(ImmutableArray<CertificateInfo> chain) => chain.IsEmpty ? null : chain[0];

    /// <summary>What the proxy prefers, on either side.</summary>
    private static string Cipher(TlsVersion version, ImmutableArray<CertificateInfo> server) =>
        version == TlsVersion.Tls13 ? "TLS_AES_128_GCM_SHA256"
        : !server.IsEmpty && server[0].HasEcdsaKey ? "ECDHE-ECDSA-AES128-GCM-SHA256"
        : "ECDHE-RSA-AES128-GCM-SHA256";
}
