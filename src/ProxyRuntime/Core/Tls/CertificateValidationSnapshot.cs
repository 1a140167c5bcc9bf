using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>CertificateValidationContext: which certificates of peers are good.</summary>
public sealed record CertificateValidationSnapshot
{
    /// <summary>trusted_ca as PEM; empty for none: no chain is verified.</summary>
    public string TrustedCaPem { get; init; } = "";

    /// <summary>Where the authorities were read, as admin pages say it.</summary>
    public string Path { get; init; } = "";

    /// <summary>The authorities of trusted_ca.</summary>
    public ImmutableArray<CertificateInfo> Authorities { get; init; } = [];

    /// <summary>verify_certificate_hash: SHA-256 of certificates, lower-case hexadecimal.</summary>
    public ImmutableArray<string> CertificateHashes { get; init; } = [];

    /// <summary>verify_certificate_spki: SHA-256 of public keys, lower-case hexadecimal.</summary>
    public ImmutableArray<string> PublicKeyHashes { get; init; } = [];

    /// <summary>match_typed_subject_alt_names; one of them has to fit.</summary>
    public ImmutableArray<SubjectAltNameMatcher> SubjectAltNames { get; init; } = [];

    /// <summary>allow_expired_certificate. Default false.</summary>
    public bool AllowExpiredCertificate { get; init; }

    /// <summary>trust_chain_verification is ACCEPT_UNTRUSTED. Default false.</summary>
    public bool AcceptUntrusted { get; init; }

    public bool VerifiesChain => TrustedCaPem.Length > 0;

    /// <summary>A peer has to show a certificate whether or not it is required otherwise.</summary>
    public bool NeedsCertificate => !AcceptUntrusted && !(CertificateHashes.IsEmpty && PublicKeyHashes.IsEmpty && SubjectAltNames.IsEmpty);
}

/// <summary>SubjectAltNameMatcher.SanType.</summary>
public enum SubjectAltNameType : byte
{
    Email,
    Dns,
    Uri,
    IpAddress,
}

/// <summary>SubjectAltNameMatcher: a name of that type with that text. An exact DNS name also fits a wildcard of one label in the certificate.</summary>
public sealed record SubjectAltNameMatcher(SubjectAltNameType Type, StringMatcher Matcher)
{
    internal bool Matches(CertificateInfo certificate)
    {
        var names = Type switch
        {
            SubjectAltNameType.Email => certificate.EmailSans,
            SubjectAltNameType.Dns => certificate.DnsSans,
            SubjectAltNameType.Uri => certificate.UriSans,
            _ => certificate.IpSans,
        };
        foreach (var name in names)
        {
            var fits =
                Type == SubjectAltNameType.Dns && Matcher.Kind == StringMatch.Exact
                    ? DnsNames.Match(Matcher.Text, name)
                    : RbacMatcher.MatchesText(Matcher, name);
            if (fits)
            {
                return true;
            }
        }

        return false;
    }
}
