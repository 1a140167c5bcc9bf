using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Envoy.Extensions.TransportSockets.Tls.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>tls_certificates, and those that are secrets of static_resources.</summary>
internal sealed class TlsCertificateBuilder(BuildContext context, TlsRefusals refusals)
{
    private static readonly string[] Others =
    [
        "pkcs12",
        "private_key_provider",
        "password",
        "ocsp_staple",
        "signed_certificate_timestamp",
        "watched_directory",
    ];

    public ImmutableArray<TlsCertificateSnapshot> BuildAll(CommonTlsContext tls)
    {
        var built = ImmutableArray.CreateBuilder<TlsCertificateSnapshot>();
        foreach (var certificate in tls.TlsCertificates.Concat(Secrets(tls)))
        {
            if (Build(certificate) is { } snapshot)
            {
                built.Add(snapshot);
            }
        }

        return built.ToImmutable();
    }

    private IEnumerable<TlsCertificate> Secrets(CommonTlsContext tls)
    {
        foreach (var sds in tls.TlsCertificateSdsSecretConfigs)
        {
            if (sds.SdsConfig is null && context.Secrets.GetValueOrDefault(sds.Name)?.TlsCertificate is { } found)
            {
                yield return found;
            }
            else
            {
                refusals.Refuse(
                    sds,
                    sds.SdsConfig is null ? "name" : "sds_config",
                    $"secret '{sds.Name}' is not fetched here; accepted: secrets of static_resources, tls_certificates"
                );
            }
        }
    }

    private TlsCertificateSnapshot? Build(TlsCertificate certificate)
    {
        refusals.Refuse(certificate, Others);
        var chain = PemSource.Text(context.Map.Environment, certificate.CertificateChain);
        var key = PemSource.Text(context.Map.Environment, certificate.PrivateKey);
        if (!chain.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal) || !key.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            refusals.Note("tls_certificates: a certificate or its key is not known");
            return null; // Told by the checks, or not known in a dump.
        }

        var path = PemSource.Path(certificate.CertificateChain);
        try
        {
            var infos = CertificateReader.ReadAll(chain);
            if (context.ForConnections)
            {
                X509Certificate2.CreateFromPem(chain, key).Dispose();
            }

            return new TlsCertificateSnapshot
            {
                ChainPem = chain,
                PrivateKeyPem = key,
                Path = path,
                Chain = infos,
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            refusals.Note($"tls_certificates: the certificate from {path} cannot be used: {e.Message}");
            if (context.ForConnections)
            {
                context.Map.Problem(certificate, "private_key", $"Failed to load certificate chain and private key from {path}, Cause: {e.Message}");
            }

            return null;
        }
    }
}
