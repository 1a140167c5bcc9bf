using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What certificates say, as facts.</summary>
public static class CertificateReader
{
    private const string SubjectAltName = "2.5.29.17";
    private const string EcdsaKey = "1.2.840.10045.2.1";

    /// <summary>Every certificate of a PEM text, in its order.</summary>
    /// <exception cref="CryptographicException">One cannot be read.</exception>
    public static ImmutableArray<CertificateInfo> ReadAll(string pem)
    {
        var collection = new X509Certificate2Collection();
        collection.ImportFromPem(pem);
        var infos = collection.Select(Read).ToImmutableArray();
        foreach (var certificate in collection)
        {
            certificate.Dispose();
        }

        return infos;
    }

    /// <summary>A certificate that a peer has shown, with the others it has shown.</summary>
    /// <param name="chain">The leaf first.</param>
    public static CertificateInfo ReadChain(ImmutableArray<CertificateInfo> chain) =>
        chain[0] with
        {
            ChainPem = string.Concat(chain.Select(static info => info.Pem)),
            ChainFingerprints256 = [.. chain.Select(static info => info.Fingerprint256)],
            ChainFingerprints1 = [.. chain.Select(static info => info.Fingerprint1)],
            ChainSerials = [.. chain.Select(static info => info.Serial)],
        };

    public static CertificateInfo Read(X509Certificate2 certificate)
    {
        var names = new AlternativeNames();
        names.Read(certificate.Extensions[SubjectAltName]?.RawData);
        return new CertificateInfo
        {
            Subject = DistinguishedNames.Text(certificate.SubjectName),
            Issuer = DistinguishedNames.Text(certificate.IssuerName),
            CommonName = DistinguishedNames.CommonName(certificate.SubjectName),
            Serial = Serial(certificate.SerialNumberBytes.Span),
            Fingerprint256 = Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span)),
            Fingerprint1 = certificate.GetCertHashString().ToLowerInvariant(),
            PublicKey256 = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
            HasEcdsaKey = certificate.PublicKey.Oid.Value == EcdsaKey,
            SubjectKeyId = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifier?.ToLowerInvariant() ?? "",
            AuthorityKeyId = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } key
                ? Convert.ToHexStringLower(key.Span)
                : "",
            Pem = Encoded(certificate.ExportCertificatePem() + "\n"),
            ValidFromUnixNs = UnixNs(certificate.NotBefore),
            ValidToUnixNs = UnixNs(certificate.NotAfter),
            UriSans = names.Uris,
            DnsSans = names.Dns,
            IpSans = names.Ips,
            EmailSans = names.Emails,
        };
    }

    /// <summary>As OpenSSL prints a number: hexadecimal without leading zeroes.</summary>
    private static string Serial(ReadOnlySpan<byte> bytes)
    {
        var text = Convert.ToHexStringLower(bytes).TrimStart('0');
        return text.Length > 0 ? text : "0";
    }

    private static long UnixNs(DateTime time) => (time.ToUniversalTime().Ticks - DateTime.UnixEpoch.Ticks) * 100;

    private static string Encoded(string pem) =>
        pem.Replace("\n", "%0A", StringComparison.Ordinal)
            .Replace(" ", "%20", StringComparison.Ordinal)
            .Replace("+", "%2B", StringComparison.Ordinal)
            .Replace("/", "%2F", StringComparison.Ordinal)
            .Replace("=", "%3D", StringComparison.Ordinal);

    /// <summary>The extension subjectAltName; of one that is broken, what can be read of it.</summary>
    private sealed class AlternativeNames
    {
        private const int Email = 1;
        private const int DnsName = 2;
        private const int Uri = 6;
        private const int Ip = 7;

        public List<string> Uris { get; } = [];

        public List<string> Dns { get; } = [];

        public List<string> Ips { get; } = [];

        public List<string> Emails { get; } = [];

        public void Read(byte[]? extension)
        {
            if (extension is null)
            {
                return;
            }

            try
            {
                var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    Take(names);
                }
            }
            catch (AsnContentException)
            {
                // What is no list of names names nobody.
            }
        }

        private void Take(AsnReader names)
        {
            var tag = names.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue is not (Email or DnsName or Uri or Ip))
            {
                _ = names.ReadEncodedValue();
                return;
            }

            var bytes = names.ReadOctetString(new Asn1Tag(TagClass.ContextSpecific, tag.TagValue));
            if (tag.TagValue == Ip)
            {
                if (bytes.Length is 4 or 16)
                {
                    Ips.Add(new IPAddress(bytes).ToString());
                }

                return;
            }

            (
                tag.TagValue == Email ? Emails
                : tag.TagValue == DnsName ? Dns
                : Uris
            ).Add(Encoding.Latin1.GetString(bytes));
        }
    }
}
