using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>CommonTlsContext: what both sides of a proxy say about TLS.</summary>
public sealed record TlsContextSnapshot
{
    /// <summary>tls_certificates, in the order written. Of an upstream context at most one.</summary>
    public ImmutableArray<TlsCertificateSnapshot> Certificates { get; init; } = [];

    /// <summary>validation_context; null: peers are not asked for a certificate, and what they show is not looked at.</summary>
    public CertificateValidationSnapshot? Validation { get; init; }

    /// <summary>alpn_protocols, without those that are not spoken here. Empty: nothing is offered or chosen.</summary>
    public ImmutableArray<string> AlpnProtocols { get; init; } = [];

    /// <summary>tls_params.tls_minimum_protocol_version. Default TLSv1_2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>tls_params.tls_maximum_protocol_version. Default TLSv1_3 for servers, TLSv1_2 for clients.</summary>
    public TlsVersion MaxVersion { get; init; } = TlsVersion.Tls13;

    /// <summary>tls_params.cipher_suites below TLS 1.3 by OpenSSL's names, in order of preference.</summary>
    public ImmutableArray<string> CipherSuites { get; init; } = DefaultCipherSuites;

    /// <summary>The first thing it asks for that drivers with connections cannot do; empty for none.</summary>
    public string Unspoken { get; init; } = "";

    /// <summary>Envoy's own list.</summary>
    public static readonly ImmutableArray<string> DefaultCipherSuites =
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
    ];
}

/// <summary>DownstreamTlsContext: TLS that ends at the proxy.</summary>
public sealed record DownstreamTlsSnapshot
{
    public required TlsContextSnapshot Common { get; init; }

    /// <summary>require_client_certificate. Default false.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>full_scan_certs_on_sni_mismatch. Default false: a name that no certificate has gets the first.</summary>
    public bool FullScanCertsOnSniMismatch { get; init; }

    /// <summary>Sessions may be resumed: neither way is switched off, and no certificate of a client is looked at, which resumption would skip.</summary>
    public bool AllowResumption { get; init; } = true;

    /// <summary>A client is asked for a certificate.</summary>
    public bool AsksForCertificate => RequireClientCertificate || Common.Validation is not null;
}

/// <summary>UpstreamTlsContext: TLS that begins at the proxy.</summary>
public sealed record UpstreamTlsSnapshot
{
    public required TlsContextSnapshot Common { get; init; }

    /// <summary>sni: the server name that is sent; empty for none.</summary>
    public string Sni { get; init; } = "";

    /// <summary>auto_host_sni: the endpoint's hostname is sent where there is one. Default false.</summary>
    public bool AutoHostSni { get; init; }

    /// <summary>auto_sni_san_validation: the certificate must have the name that was sent. Default false.</summary>
    public bool AutoSniSanValidation { get; init; }

    /// <summary>max_session_keys is not 0, and no certificate of a host is looked at, which resumption would skip.</summary>
    public bool AllowResumption { get; init; } = true;
}
