using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>A certificate of a test with its key, issued by itself or by another.</summary>
internal sealed class TestIdentity : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch.AddYears(50);
    private static readonly DateTimeOffset End = DateTimeOffset.UnixEpoch.AddYears(150);

    private TestIdentity(X509Certificate2 certificate) => Certificate = certificate;

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate as a JSON text.</summary>
    public string Pem => Quoted(Certificate.ExportCertificatePem());

    /// <summary>Fields of tls_certificates.</summary>
    public string Entry =>
        $"{{certificate_chain: {{inline_string: {Pem}}}, private_key: {{inline_string: {Quoted(Certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())}}}}}";

    public static TestIdentity Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return new TestIdentity(request.CreateSelfSigned(Begin, End));
    }

    /// <param name="dns">Its DNS name.</param>
    /// <param name="uri">Its URI; null for none.</param>
    public TestIdentity Issue(string dns, string? uri = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dns}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dns);
        if (uri is not null)
        {
            names.AddUri(new Uri(uri));
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(Certificate, Begin, End, [1, (byte)dns.Length]);
        return new TestIdentity(issued.CopyWithPrivateKey(key));
    }

    public void Dispose() => Certificate.Dispose();

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
