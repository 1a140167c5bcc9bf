namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of a downstream connection. The driver tells what it sees before a filter chain is chosen; the handshake adds the rest.</summary>
/// <param name="Listener">Name of the listener that accepted it.</param>
/// <param name="Remote">The direct peer.</param>
/// <param name="Local">The address it connected to.</param>
/// <param name="Protocol">What the codec speaks.</param>
public sealed record ConnectionInfo(string Listener, NetworkAddress Remote, NetworkAddress Local, HttpProtocol Protocol = HttpProtocol.Http11)
{
    /// <summary>What the tls_inspector found: <c>tls</c> or <c>raw_buffer</c>; <c>raw_buffer</c> without one.</summary>
    public string TransportProtocol { get; init; } = RawBuffer;

    /// <summary>Server name of the TLS handshake in lower case, if an inspector saw it; empty if unknown.</summary>
    public string RequestedServerName { get; init; } = "";

    /// <summary>The protocols that a TLS client offers, if an inspector saw them.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = [];

    /// <summary>The connection is TLS, ended at this proxy.</summary>
    public bool IsTls { get; init; }

    /// <summary>What logs and headers may tell of the TLS; null without TLS, or if nothing is known.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>The client showed a certificate.</summary>
    public bool PeerCertificatePresented { get; init; }

    /// <summary>The client's certificate was found valid.</summary>
    public bool PeerCertificateValidated { get; init; }

    /// <summary>URI and DNS names of the client's certificate, then its subject: what RBAC calls the principal.</summary>
    public IReadOnlyList<string> PeerPrincipals { get; init; } = [];

    public const string RawBuffer = "raw_buffer";
    public const string TransportTls = "tls";

    /// <summary>As it is after a handshake.</summary>
    internal ConnectionInfo With(TlsHandshake handshake)
    {
        var peer = handshake.Info?.Peer;
        return this with
        {
            Tls = handshake.Info,
            PeerCertificatePresented = peer is not null,
            PeerCertificateValidated = peer is not null && handshake.Verdict == PeerVerdict.Validated,
            PeerPrincipals = peer is null ? [] : [.. peer.UriSans, .. peer.DnsSans, peer.Subject],
        };
    }
}
