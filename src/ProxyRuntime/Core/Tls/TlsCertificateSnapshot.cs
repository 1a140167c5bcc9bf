using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>TlsCertificate: a certificate of the proxy's own with its key, and what is known of it.</summary>
public sealed record TlsCertificateSnapshot
{
    /// <summary>certificate_chain as PEM, the leaf first.</summary>
    public required string ChainPem { get; init; }

    /// <summary>private_key as PEM.</summary>
    public required string PrivateKeyPem { get; init; }

    /// <summary>Where the chain was read, as admin pages say it: a path or <c>&lt;inline&gt;</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The chain, the leaf first; never empty.</summary>
    public required ImmutableArray<CertificateInfo> Chain { get; init; }

    public CertificateInfo Leaf => Chain[0];

    /// <summary>Names it can serve: its DNS names or, without any, the common name of its subject.</summary>
    public IReadOnlyList<string> ServerNames =>
        Leaf.DnsSans.Count > 0 ? Leaf.DnsSans
        : Leaf.CommonName.Length > 0 ? [Leaf.CommonName]
        : [];

    /// <summary>Keys are not for logs.</summary>
    public override string ToString() => $"certificate {Leaf.Subject}";
}
