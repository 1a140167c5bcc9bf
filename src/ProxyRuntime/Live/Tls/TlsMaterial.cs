using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Certificates, authorities and cipher suites of snapshots in the form that SslStream takes; made once for each.</summary>
internal static class TlsMaterial
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly ConditionalWeakTable<TlsCertificateSnapshot, SslStreamCertificateContext> Certificates = [];
    private static readonly ConditionalWeakTable<CertificateValidationSnapshot, X509Certificate2Collection> Authorities = [];
    private static readonly ConditionalWeakTable<TlsContextSnapshot, object> CipherSuites = [];

    public static SslStreamCertificateContext Certificate(TlsCertificateSnapshot certificate) => Certificates.GetValue(certificate, Load);

    public static SslProtocols Protocols(TlsContextSnapshot tls) =>
        (tls.MinVersion == TlsVersion.Tls12 ? SslProtocols.Tls12 : SslProtocols.None)
        | (tls.MaxVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.None);

    public static CipherSuitesPolicy Suites(TlsContextSnapshot tls) => (CipherSuitesPolicy)CipherSuites.GetValue(tls, LoadSuites);

    /// <summary>How chains of peers are built: by the configured authorities alone, without asking anybody for anything.</summary>
    /// <param name="ofServers">The peers are servers.</param>
    public static X509ChainPolicy ChainPolicy(CertificateValidationSnapshot? validation, bool ofServers)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            VerificationFlags = validation is { AllowExpiredCertificate: true } ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag,
        };
        _ = policy.ApplicationPolicy.Add(new Oid(ofServers ? ServerAuthentication : ClientAuthentication));
        if (validation is { VerifiesChain: true })
        {
            policy.CustomTrustStore.AddRange(Authorities.GetValue(validation, LoadAuthorities));
        }

        return policy;
    }

    private static SslStreamCertificateContext Load(TlsCertificateSnapshot snapshot)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(snapshot.ChainPem);
        var others = new X509Certificate2Collection(chain.Skip(1).ToArray());
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(snapshot.ChainPem, snapshot.PrivateKeyPem), others, offline: true);
    }

    private static object LoadSuites(TlsContextSnapshot tls) =>
        OperatingSystem.IsWindows()
            ? throw new PlatformNotSupportedException("Cipher suites are chosen on Linux alone, where the loops run.")
            : new CipherSuitesPolicy(
                TlsCipherNames.OfTls13.Concat(tls.CipherSuites.Select(TlsCipherNames.Number)).Select(static number => (TlsCipherSuite)number)
            );

    private static X509Certificate2Collection LoadAuthorities(CertificateValidationSnapshot validation)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(validation.TrustedCaPem);
        return authorities;
    }
}
