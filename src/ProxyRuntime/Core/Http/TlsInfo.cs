namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of the TLS of a connection, for logs and headers. Empty text and empty lists: not known.</summary>
public sealed record TlsInfo
{
    /// <summary><c>TLSv1.3</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>OpenSSL's name of the cipher suite.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>The group of the key agreement, <c>X25519</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>Hexadecimal.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>A session of an earlier connection was taken up.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The server name that was sent to a host.</summary>
    public string ServerName { get; init; } = "";

    public string Ja3 { get; init; } = "";

    public string Ja4 { get; init; } = "";

    /// <summary>The certificate the proxy itself showed; null for none.</summary>
    public CertificateInfo? Local { get; init; }

    /// <summary>The certificate the other side showed; null for none.</summary>
    public CertificateInfo? Peer { get; init; }
}

/// <summary>What is known of a certificate. Empty text and empty lists: not known.</summary>
public sealed record CertificateInfo
{
    /// <summary>RFC 2253.</summary>
    public string Subject { get; init; } = "";

    /// <summary>RFC 2253.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Hexadecimal.</summary>
    public string Serial { get; init; } = "";

    /// <summary>SHA-256 of the certificate, hexadecimal.</summary>
    public string Fingerprint256 { get; init; } = "";

    /// <summary>SHA-1 of the certificate, hexadecimal.</summary>
    public string Fingerprint1 { get; init; } = "";

    /// <summary>SHA-256 of the certificate of the authority that was found for it.</summary>
    public string IssuerFingerprint256 { get; init; } = "";

    /// <summary>Serial number of the certificate of the authority that was found for it.</summary>
    public string IssuerSerial { get; init; } = "";

    /// <summary>PEM, percent-encoded.</summary>
    public string Pem { get; init; } = "";

    /// <summary>PEM of every certificate that was shown, the leaf first, percent-encoded.</summary>
    public string ChainPem { get; init; } = "";

    /// <summary>The common name of the subject; empty for none.</summary>
    public string CommonName { get; init; } = "";

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo), hexadecimal.</summary>
    public string PublicKey256 { get; init; } = "";

    /// <summary>The public key is for ECDSA.</summary>
    public bool HasEcdsaKey { get; init; }

    /// <summary>The extension subjectKeyIdentifier, hexadecimal; empty for none.</summary>
    public string SubjectKeyId { get; init; } = "";

    /// <summary>The key identifier of the extension authorityKeyIdentifier, hexadecimal; empty for none.</summary>
    public string AuthorityKeyId { get; init; } = "";

    /// <summary>Nanoseconds since the epoch.</summary>
    public long ValidFromUnixNs { get; init; }

    /// <summary>Nanoseconds since the epoch.</summary>
    public long ValidToUnixNs { get; init; }

    public IReadOnlyList<string> UriSans { get; init; } = [];

    public IReadOnlyList<string> DnsSans { get; init; } = [];

    public IReadOnlyList<string> IpSans { get; init; } = [];

    public IReadOnlyList<string> EmailSans { get; init; } = [];

    public IReadOnlyList<string> OtherNameSans { get; init; } = [];

    /// <summary>SHA-256 of each certificate that was shown, the leaf first.</summary>
    public IReadOnlyList<string> ChainFingerprints256 { get; init; } = [];

    /// <summary>SHA-1 of each certificate that was shown.</summary>
    public IReadOnlyList<string> ChainFingerprints1 { get; init; } = [];

    public IReadOnlyList<string> ChainSerials { get; init; } = [];
}
