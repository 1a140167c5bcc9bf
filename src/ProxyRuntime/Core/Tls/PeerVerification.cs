using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is to be found of a peer's certificate, in Envoy's order: chain, names, hashes. <see cref="PeerVerdicts.IsGood"/> says what follows.</summary>
public static class PeerVerification
{
    /// <summary>A client's certificate.</summary>
    /// <param name="certificate">What it showed; null for none.</param>
    /// <param name="isTrusted">Its chain leads to one of the authorities and is valid now; of no meaning where no chain is verified.</param>
    public static PeerVerdict OfClient(DownstreamTlsSnapshot tls, CertificateInfo? certificate, bool isTrusted)
    {
        var validation = tls.Common.Validation;
        if (certificate is null)
        {
            return tls.RequireClientCertificate || validation is { NeedsCertificate: true } ? PeerVerdict.NoCertificate : PeerVerdict.NotValidated;
        }

        return validation is null ? PeerVerdict.NotValidated : Of(validation, certificate, isTrusted, validation.SubjectAltNames, null);
    }

    /// <summary>A host's certificate. Names that the request asks for take the place of the configured ones.</summary>
    /// <param name="options">What the request says of the connection; null for nothing.</param>
    public static PeerVerdict OfHost(
        UpstreamTlsSnapshot tls,
        UpstreamTransportOptions? options,
        string serverName,
        CertificateInfo? certificate,
        bool isTrusted
    )
    {
        if (tls.Common.Validation is not { } validation)
        {
            return PeerVerdict.NotValidated;
        }

        if (certificate is null)
        {
            return PeerVerdict.Untrusted;
        }

        if (options is { SubjectAltName.Length: > 0 })
        {
            // Envoy takes these names beside the configured matchers.
            return Of(validation, certificate, isTrusted, validation.SubjectAltNames, options.SubjectAltName);
        }

        return tls.AutoSniSanValidation && serverName.Length > 0
            ? Of(validation, certificate, isTrusted, [new SubjectAltNameMatcher(SubjectAltNameType.Dns, StringMatcher.Of(StringMatch.Exact, serverName))], null)
            : Of(validation, certificate, isTrusted, validation.SubjectAltNames, null);
    }

    private static PeerVerdict Of(
        CertificateValidationSnapshot validation,
        CertificateInfo certificate,
        bool isTrusted,
        ImmutableArray<SubjectAltNameMatcher> matchers,
        string? wantedName
    )
    {
        if (validation.VerifiesChain && !isTrusted)
        {
            return PeerVerdict.Untrusted;
        }

        var verdict = validation.VerifiesChain ? PeerVerdict.Validated : PeerVerdict.NotValidated;
        if (wantedName is not null)
        {
            if (!HasName(certificate, wantedName))
            {
                return PeerVerdict.NameMismatch;
            }

            verdict = PeerVerdict.Validated;
        }

        if (!matchers.IsEmpty)
        {
            if (!matchers.Any(matcher => matcher.Matches(certificate)))
            {
                return PeerVerdict.NameMismatch;
            }

            verdict = PeerVerdict.Validated;
        }

        if (!validation.CertificateHashes.IsEmpty || !validation.PublicKeyHashes.IsEmpty)
        {
            if (
                !validation.CertificateHashes.Contains(certificate.Fingerprint256, StringComparer.Ordinal)
                && !validation.PublicKeyHashes.Contains(certificate.PublicKey256, StringComparer.Ordinal)
            )
            {
                return PeerVerdict.HashMismatch;
            }

            verdict = PeerVerdict.Validated;
        }

        return verdict;
    }

    private static bool HasName(CertificateInfo certificate, string name) =>
        certificate.DnsSans.Any(san => DnsNames.Match(name, san))
        || certificate.UriSans.Contains(name, StringComparer.Ordinal)
        || certificate.IpSans.Contains(name, StringComparer.Ordinal)
        || certificate.EmailSans.Contains(name, StringComparer.Ordinal);
}
