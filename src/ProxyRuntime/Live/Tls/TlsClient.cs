using System.Net.Security;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The proxy's side of a handshake with a host.</summary>
internal sealed class TlsClient(UpstreamTransport transport) : TlsPeer
{
    /// <summary>What Envoy offers where nothing is configured and HTTP/1.1 is spoken.</summary>
    private static readonly List<SslApplicationProtocol> Http11 = [SslApplicationProtocol.Http11];

    private readonly TlsContextSnapshot tls = transport.Tls.Common;

    protected override CertificateValidationSnapshot? Validation => tls.Validation;

    protected override CertificateInfo? Local => tls.Certificates.IsEmpty ? null : tls.Certificates[0].Leaf;

    protected override string ServerName => transport.ServerName;

    public override TlsHandshake? TryBegin(LoopStream wire, out Task? handshake, out SslStream? ssl)
    {
        ssl = new SslStream(wire, leaveInnerStreamOpen: true);
        handshake = ssl.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = transport.ServerName,
                ClientCertificateContext = tls.Certificates.IsEmpty ? null : TlsMaterial.Certificate(tls.Certificates[0]),
                EnabledSslProtocols = TlsMaterial.Protocols(tls),
                CipherSuitesPolicy = TlsMaterial.Suites(tls),
                ApplicationProtocols = tls.AlpnProtocols.IsEmpty
                    ? (transport.IsTcp ? null : Http11)
                    : [.. tls.AlpnProtocols.Select(static name => new SslApplicationProtocol(name))],
                CertificateChainPolicy = TlsMaterial.ChainPolicy(tls.Validation, ofServers: true),
                RemoteCertificateValidationCallback = Validate,
                AllowRenegotiation = false,
                AllowTlsResume = transport.Tls.AllowResumption,
            },
            CancellationToken.None
        );
        return null;
    }

    protected override PeerVerdict Judge(CertificateInfo? shown, bool isTrusted) =>
        PeerVerification.OfHost(transport.Tls, transport.Options, transport.ServerName, shown, isTrusted);
}
