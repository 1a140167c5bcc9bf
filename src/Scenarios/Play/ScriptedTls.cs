using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Engine;

namespace MeshSim.Scenarios.Play;

/// <summary>A client of a case in a TLS handshake: as the harness's, it wants the server's chain to lead to its authority, whatever the name.</summary>
internal sealed class ScriptedTlsClient(PlayTls tls, CasePki pki) : TlsClientParty
{
    public override string ServerName => tls.ServerName ?? "";

    public override ImmutableArray<string> Protocols => tls.Protocols;

    public override TlsVersion MinVersion => TlsVersion.Tls12;

    public override TlsVersion MaxVersion => ScriptedTlsServer.Version(tls);

    public override ImmutableArray<CertificateInfo> Certificate => pki.Certificates(tls.Certificate);

    public override (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs) =>
        CertificateChains.IsTrusted(shown, pki.Certificates(tls.Authority), unixNs, allowExpired: false)
            ? (PeerVerdict.Validated, true)
            : (PeerVerdict.Untrusted, false);
}

/// <summary>An endpoint of a case in a TLS handshake.</summary>
internal sealed class ScriptedTlsServer(PlayTls tls, CasePki pki) : TlsServerParty
{
    public override TlsVersion MinVersion => TlsVersion.Tls12;

    public override TlsVersion MaxVersion => Version(tls);

    public override bool AsksForCertificate => tls.Authority is not null;

    public static TlsVersion Version(PlayTls tls) => tls.MaxVersion == "1.2" ? TlsVersion.Tls12 : TlsVersion.Tls13;

    public override ImmutableArray<CertificateInfo> CertificateFor(string serverName) => pki.Certificates(tls.Certificate);

    public override string? ChooseProtocol(ImmutableArray<string> offered) => AlpnSelection.Choose(tls.Protocols, offered);

    public override (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs) =>
        tls.Authority is null ? (PeerVerdict.NotValidated, true)
        : shown.IsEmpty ? (PeerVerdict.NoCertificate, false)
        : CertificateChains.IsTrusted(shown, pki.Certificates(tls.Authority), unixNs, allowExpired: false) ? (PeerVerdict.Validated, true)
        : (PeerVerdict.Untrusted, false);
}
