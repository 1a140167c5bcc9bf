using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>One side of a handshake: begins it with what the configuration says, and has the core judge the peer's certificate.</summary>
internal abstract class TlsPeer
{
    private CertificateInfo? shown;
    private PeerVerdict verdict;
    private bool isJudged;

    /// <summary>Begins the handshake as soon as it can. Neither a task nor a result: more bytes are needed first.</summary>
    /// <returns>How it ended already; null if it did not.</returns>
    public abstract TlsHandshake? TryBegin(LoopStream wire, out Task? handshake, out SslStream? ssl);

    /// <summary>What became of it.</summary>
    public TlsHandshake Conclude(Task handshake, SslStream ssl, LoopStream wire)
    {
        if (handshake.IsCompletedSuccessfully)
        {
            return new TlsHandshake(TlsOutcome.Done, verdict, Info(ssl, wire));
        }

        _ = handshake.Exception; // Seen: it is told as an outcome.
        if (isJudged && !verdict.IsGood(Validation))
        {
            return TlsHandshake.Refused(verdict);
        }

        return wire.EndOfInput ? TlsHandshake.Abandoned : TlsHandshake.ProtocolError;
    }

    protected abstract CertificateValidationSnapshot? Validation { get; }

    /// <summary>The certificate of this side; null if it shows none.</summary>
    protected abstract CertificateInfo? Local { get; }

    /// <summary>The server name that was sent to a host.</summary>
    protected virtual string ServerName => "";

    /// <summary>What the core says of a certificate.</summary>
    protected abstract PeerVerdict Judge(CertificateInfo? certificate, bool isTrusted);

    /// <summary>The callback of SslStream: it has built the chain by the policy it was given.</summary>
    protected bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        shown = certificate is X509Certificate2 leaf ? Read(leaf, chain) : null;
        isJudged = true;
        verdict = Judge(shown, shown is not null && IsTrusted(chain));
        return verdict.IsGood(Validation);
    }

    private static CertificateInfo Read(X509Certificate2 leaf, X509Chain? chain)
    {
        ImmutableArray<CertificateInfo> others = chain is null
            ? []
            : [.. chain.ChainPolicy.ExtraStore.Where(other => !other.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).Select(CertificateReader.Read)];
        var info = CertificateReader.ReadChain([CertificateReader.Read(leaf), .. others]);
        return chain is { ChainElements.Count: > 1 } ? WithIssuer(info, CertificateReader.Read(chain.ChainElements[1].Certificate)) : info;
    }

    private static CertificateInfo WithIssuer(CertificateInfo info, CertificateInfo issuer) =>
        info with
        {
            IssuerFingerprint256 = issuer.Fingerprint256,
            IssuerSerial = issuer.Serial,
        };

    /// <summary>The chain is good, or ends early at a certificate that is itself trusted.</summary>
    private static bool IsTrusted(X509Chain? chain)
    {
        if (chain is null || chain.ChainElements.Count == 0)
        {
            return false;
        }

        var status =
            chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status) & ~Ignored(chain.ChainPolicy.VerificationFlags);
        return status == X509ChainStatusFlags.NoError
            || (
                status == X509ChainStatusFlags.PartialChain
                && chain.ChainElements.Any(element => chain.ChainPolicy.CustomTrustStore.Contains(element.Certificate))
            );
    }

    private static X509ChainStatusFlags Ignored(X509VerificationFlags flags) =>
        (flags & X509VerificationFlags.IgnoreNotTimeValid) != 0 ? X509ChainStatusFlags.NotTimeValid : X509ChainStatusFlags.NoError;

    private TlsInfo Info(SslStream ssl, LoopStream wire) =>
        new()
        {
            Version = ssl.SslProtocol == System.Security.Authentication.SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2",
            Cipher = TlsCipherNames.Name((int)ssl.NegotiatedCipherSuite),
            IsResumed = wire.Resumes == true,
            ServerName = ServerName,
            Local = Local,
            Peer = shown,
        };
}
