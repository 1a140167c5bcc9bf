using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class CertificateReaderTests
{
    private const long Hour = 3600 * Snapshots.Second;

    private static readonly DateTimeOffset Begin = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly long BeginUnixNs = Begin.ToUnixTimeSeconds() * Snapshots.Second;

    [Fact]
    public void A_certificate_is_told_as_OpenSSL_tells_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client one, O=\"a, b\"", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://mesh/ns/a"));
        names.AddDnsName("a.test");
        names.AddDnsName("b.test");
        names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
        names.AddEmailAddress("me@a.test");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(Begin, Begin.AddDays(1));

        var info = Assert.Single(CertificateReader.ReadAll(certificate.ExportCertificatePem()));

        Assert.Equal(("CN=client one,O=a\\, b", "client one", true), (info.Subject, info.CommonName, info.HasEcdsaKey));
        Assert.Equal(["spiffe://mesh/ns/a"], info.UriSans);
        Assert.Equal(["a.test", "b.test"], info.DnsSans);
        Assert.Equal(["10.0.0.1"], info.IpSans);
        Assert.Equal(["me@a.test"], info.EmailSans);
        Assert.Equal(certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(), info.Fingerprint256);
        Assert.Equal(certificate.SerialNumber.TrimStart('0').ToLowerInvariant(), info.Serial);
        Assert.Equal((BeginUnixNs, BeginUnixNs + (24 * Hour)), (info.ValidFromUnixNs, info.ValidToUnixNs));
        Assert.StartsWith("-----BEGIN%20CERTIFICATE-----%0A", info.Pem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(-1, false)]
    [InlineData(25, false)]
    public void A_chain_is_followed_to_an_authority_while_it_is_valid(int hours, bool trusted)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=root", rootKey).CreateSelfSigned(Begin, Begin.AddDays(1));
        using var middle = Authority("CN=middle", middleKey)
            .Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), Begin, Begin.AddDays(1), [1]);
        using var leaf = Authority("CN=leaf", middleKey)
            .Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(middleKey), Begin, Begin.AddDays(1), [2]);
        var (top, between, shown) = (CertificateReader.Read(root), CertificateReader.Read(middle), CertificateReader.Read(leaf));
        var at = BeginUnixNs + (hours * Hour);

        Assert.Equal(trusted, CertificateChains.IsTrusted([shown, between], [top], at, allowExpired: false));
        Assert.Equal(trusted, CertificateChains.IsTrusted([shown], [between], at, allowExpired: false));
        Assert.True(CertificateChains.IsTrusted([shown, between], [top], at, allowExpired: true));
        Assert.False(CertificateChains.IsTrusted([shown], [top], at, allowExpired: true));
        Assert.False(
            CertificateChains.IsTrusted(
                [shown, between],
                [shown with { Subject = "CN=root", Fingerprint256 = "", SubjectKeyId = "00" }],
                at,
                allowExpired: true
            )
                && between.AuthorityKeyId.Length > 0
        );
    }

    private static CertificateRequest Authority(string name, ECDsa key) => new(name, key, HashAlgorithmName.SHA256);
}
