using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Chains of certificates by what they say of each other: names, key identifiers and dates. Signatures are not looked at: this is for
/// simulations, where certificates are facts and nobody forges any.
/// </summary>
public static class CertificateChains
{
    private const int MaxDepth = 16;

    /// <summary>Whether a chain leads to one of the authorities, and each certificate of it is valid at that time.</summary>
    /// <param name="shown">What the peer shows, the leaf first.</param>
    /// <param name="unixNs">Nanoseconds since the epoch.</param>
    public static bool IsTrusted(ImmutableArray<CertificateInfo> shown, ImmutableArray<CertificateInfo> authorities, long unixNs, bool allowExpired)
    {
        if (shown.IsEmpty)
        {
            return false;
        }

        var at = shown[0];
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (!allowExpired && !IsValidAt(at, unixNs))
            {
                return false;
            }

            if (authorities.Any(authority => authority.Fingerprint256 == at.Fingerprint256))
            {
                return true;
            }

            if (Find(authorities, at) is { } root)
            {
                return allowExpired || IsValidAt(root, unixNs);
            }

            if (Find(shown, at) is not { } next || next.Fingerprint256 == at.Fingerprint256)
            {
                return false;
            }

            at = next;
        }

        return false;
    }

    private static bool IsValidAt(CertificateInfo certificate, long unixNs) => certificate.ValidFromUnixNs <= unixNs && unixNs <= certificate.ValidToUnixNs;

    private static CertificateInfo? Find(ImmutableArray<CertificateInfo> candidates, CertificateInfo issued) =>
        candidates.FirstOrDefault(candidate =>
            candidate.Subject == issued.Issuer
            && (issued.AuthorityKeyId.Length == 0 || candidate.SubjectKeyId.Length == 0 || issued.AuthorityKeyId == candidate.SubjectKeyId)
        );
}
