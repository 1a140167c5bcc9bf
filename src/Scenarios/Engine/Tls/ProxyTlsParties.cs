using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A proxy that makes a connection, as the core decides.</summary>
internal sealed class ProxyTlsClient(UpstreamTransport transport) : TlsClientParty
{
    private static readonly ImmutableArray<string> Http11 = ["http/1.1"];

    private readonly TlsContextSnapshot tls = transport.Tls.Common;

    public override string ServerName => transport.ServerName;

    public override ImmutableArray<string> Protocols => tls.AlpnProtocols.IsEmpty && !transport.IsTcp ? Http11 : tls.AlpnProtocols;

    public override TlsVersion MinVersion => tls.MinVersion;

    public override TlsVersion MaxVersion => tls.MaxVersion;

    public override ImmutableArray<CertificateInfo> Certificate => tls.Certificates.IsEmpty ? [] : tls.Certificates[0].Chain;

    public override (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs)
    {
        var trusted = tls.Validation is { } known && CertificateChains.IsTrusted(shown, known.Authorities, unixNs, known.AllowExpiredCertificate);
        var verdict = PeerVerification.OfHost(transport.Tls, transport.Options, transport.ServerName, shown.IsEmpty ? null : shown[0], trusted);
        return (verdict, verdict.IsGood(tls.Validation));
    }
}

/// <summary>A proxy that ends TLS, as the core decides.</summary>
internal sealed class ProxyTlsServer(DownstreamTlsSnapshot tls) : TlsServerParty
{
    public override TlsVersion MinVersion => tls.Common.MinVersion;

    public override TlsVersion MaxVersion => tls.Common.MaxVersion;

    public override bool AsksForCertificate => tls.AsksForCertificate;

    public override ImmutableArray<CertificateInfo> CertificateFor(string serverName) =>
        CertificateSelection.Choose(tls, serverName.ToLowerInvariant(), clientTakesEcdsa: true).Chain;

    public override string? ChooseProtocol(ImmutableArray<string> offered) => AlpnSelection.Choose(tls.Common.AlpnProtocols, offered);

    public override (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs)
    {
        var validation = tls.Common.Validation;
        var trusted = validation is not null && CertificateChains.IsTrusted(shown, validation.Authorities, unixNs, validation.AllowExpiredCertificate);
        var verdict = PeerVerification.OfClient(tls, shown.IsEmpty ? null : shown[0], trusted);
        return (verdict, verdict.IsGood(validation));
    }
}
