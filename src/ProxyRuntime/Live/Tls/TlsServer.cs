using System.Net.Security;
using System.Security.Authentication;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>The proxy's side of a handshake with a client. What the client asks for is read first, so that the core chooses certificate and protocol.</summary>
internal sealed class TlsServer(DownstreamTlsSnapshot tls) : TlsPeer
{
    /// <summary>TLS 1.3 as it goes over the wire.</summary>
    private const int Tls13 = 0x0304;

    private TlsCertificateSnapshot? certificate;

    protected override CertificateValidationSnapshot? Validation => tls.Common.Validation;

    protected override CertificateInfo? Local => certificate?.Leaf;

    public override TlsHandshake? TryBegin(LoopStream wire, out Task? handshake, out SslStream? ssl)
    {
        handshake = null;
        ssl = null;
        switch (ClientHelloReader.Read(wire.Incoming.Span, ClientHelloReader.DefaultMaxBytes, out var hello))
        {
            case ClientHelloState.NeedMore:
                return null;
            case ClientHelloState.TooLarge:
                return TlsHandshake.ProtocolError;
            case ClientHelloState.Complete:
                break;
            default:
                hello = ClientHello.Empty; // The handshake answers it with an alert.
                break;
        }

        certificate = CertificateSelection.Choose(tls, hello.ServerName, hello.TakesEcdsa);
        ssl = new SslStream(wire, leaveInnerStreamOpen: true);
        handshake = ssl.AuthenticateAsServerAsync(Options(hello), CancellationToken.None);
        return null;
    }

    protected override PeerVerdict Judge(CertificateInfo? shown, bool isTrusted) => PeerVerification.OfClient(tls, shown, isTrusted);

    private SslServerAuthenticationOptions Options(ClientHello hello)
    {
        // Cipher suites of TLS 1.3 cannot be chosen. Only without a choice .NET keeps what sessions are resumed by.
        var newest = tls.Common.MaxVersion == TlsVersion.Tls13 && hello.MaxVersion >= Tls13;
        return new()
        {
            ServerCertificateContext = TlsMaterial.Certificate(certificate!),
            EnabledSslProtocols = newest ? SslProtocols.Tls13 : TlsMaterial.Protocols(tls.Common),
            CipherSuitesPolicy = newest ? null : TlsMaterial.Suites(tls.Common),
            ApplicationProtocols = AlpnSelection.Choose(tls.Common.AlpnProtocols, hello.ApplicationProtocols) is { } protocol
                ? [new SslApplicationProtocol(protocol)]
                : null,
            ClientCertificateRequired = tls.AsksForCertificate,
            CertificateChainPolicy = TlsMaterial.ChainPolicy(tls.Common.Validation, ofServers: false),
            RemoteCertificateValidationCallback = Validate,
            AllowRenegotiation = false,
            AllowTlsResume = tls.AllowResumption,
        };
    }
}
