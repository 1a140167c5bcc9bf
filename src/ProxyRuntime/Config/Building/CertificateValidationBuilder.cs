using System.Collections.Immutable;
using System.Security.Cryptography;
using Envoy.Extensions.TransportSockets.Tls.V3;
using MeshSim.ProxyRuntime.Core;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;
using SubjectAltNameMatcher = MeshSim.ProxyRuntime.Core.SubjectAltNameMatcher;
using Trust = Envoy.Extensions.TransportSockets.Tls.V3.CertificateValidationContext.Types.TrustChainVerification;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>validation_context: authorities, names and hashes that certificates of peers must have.</summary>
internal sealed class CertificateValidationBuilder(BuildContext context, TlsRefusals refusals)
{
    private static readonly string[] Others =
    [
        "ca_certificate_provider_instance",
        "system_root_certs",
        "watched_directory",
        "match_subject_alt_names",
        "require_signed_certificate_timestamp",
        "crl",
        "custom_validator_config",
        "only_verify_leaf_cert_crl",
        "max_verify_depth",
    ];

    /// <summary>Null if nothing is to be validated.</summary>
    public CertificateValidationSnapshot? Build(CommonTlsContext tls)
    {
        var sds = tls.ValidationContextSdsSecretConfig ?? tls.CombinedValidationContext?.ValidationContextSdsSecretConfig;
        var validation = tls.ValidationContext ?? tls.CombinedValidationContext?.DefaultValidationContext;
        if (sds is not null)
        {
            if (sds.SdsConfig is not null || context.Secrets.GetValueOrDefault(sds.Name)?.ValidationContext is not { } secret)
            {
                refusals.Refuse(
                    sds,
                    sds.SdsConfig is null ? "name" : "sds_config",
                    $"secret '{sds.Name}' is not fetched here; accepted: secrets of static_resources, validation_context"
                );
            }
            else
            {
                return Build(secret, validation);
            }
        }

        return validation is null ? null : Build(validation, null);
    }

    /// <param name="under">A default_validation_context that the secret lies over; null for none.</param>
    private CertificateValidationSnapshot Build(CertificateValidationContext validation, CertificateValidationContext? under)
    {
        CertificateValidationContext[] layers = under is null ? [validation] : [under, validation];
        foreach (var layer in layers)
        {
            refusals.Refuse(layer, Others);
        }

        var ca = validation.TrustedCa ?? under?.TrustedCa;
        var pem = PemSource.Text(context.Map.Environment, ca);
        return new CertificateValidationSnapshot
        {
            TrustedCaPem = pem,
            Path = PemSource.Path(ca),
            Authorities = Authorities(validation, pem),
            CertificateHashes =
            [
                .. layers
                    .SelectMany(static layer => layer.VerifyCertificateHash)
                    .Select(static hash => hash.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant()),
            ],
            PublicKeyHashes = [.. layers.SelectMany(static layer => layer.VerifyCertificateSpki).Select(Hex)],
            SubjectAltNames = [.. layers.SelectMany(static layer => layer.MatchTypedSubjectAltNames).Select(Matcher).OfType<SubjectAltNameMatcher>()],
            AllowExpiredCertificate = Array.Exists(layers, static layer => layer.AllowExpiredCertificate),
            AcceptUntrusted = Array.Exists(layers, static layer => layer.TrustChainVerification == Trust.AcceptUntrusted),
        };
    }

    private ImmutableArray<CertificateInfo> Authorities(CertificateValidationContext validation, string pem)
    {
        try
        {
            return CertificateReader.ReadAll(pem);
        }
        catch (CryptographicException e)
        {
            refusals.Note($"trusted_ca: {e.Message}");
            if (context.ForConnections)
            {
                context.Map.Problem(
                    validation,
                    "trusted_ca",
                    $"Failed to load trusted CA certificates from {PemSource.Path(validation.TrustedCa)}: {e.Message}"
                );
            }

            return [];
        }
    }

    private SubjectAltNameMatcher? Matcher(Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher matcher)
    {
        if (matcher.SanType == SanType.OtherName)
        {
            refusals.Refuse(matcher, "san_type", "OTHER_NAME is not supported yet; accepted: EMAIL, DNS, URI, IP_ADDRESS");
            return null;
        }

        SubjectAltNameType? type = matcher.SanType switch
        {
            SanType.Email => SubjectAltNameType.Email,
            SanType.Dns => SubjectAltNameType.Dns,
            SanType.Uri => SubjectAltNameType.Uri,
            SanType.IpAddress => SubjectAltNameType.IpAddress,
            _ => null,
        };
        return type is { } known && new MatcherBuilder(context).Text(matcher.Matcher) is { } text ? new SubjectAltNameMatcher(known, text) : null;
    }

    /// <summary>What is no base64 fits nothing; the checks tell.</summary>
    private static string Hex(string base64)
    {
        Span<byte> bytes = stackalloc byte[48];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? Convert.ToHexStringLower(bytes[..count]) : "";
    }
}
