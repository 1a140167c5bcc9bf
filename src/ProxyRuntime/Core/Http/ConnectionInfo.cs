namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is known of a downstream connection once its codec is chosen.</summary>
/// <param name="Listener">Name of the listener that accepted it.</param>
/// <param name="Remote">The direct peer.</param>
/// <param name="Local">The address it connected to.</param>
/// <param name="Protocol">What the codec speaks.</param>
public sealed record ConnectionInfo(string Listener, NetworkAddress Remote, NetworkAddress Local, HttpProtocol Protocol = HttpProtocol.Http11)
{
    /// <summary>The connection is TLS, ended at this proxy.</summary>
    public bool IsTls { get; init; }

    /// <summary>What logs and headers may tell of the TLS; null without TLS, or if nothing is known.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>The client showed a certificate.</summary>
    public bool PeerCertificatePresented { get; init; }

    /// <summary>The client's certificate was found valid.</summary>
    public bool PeerCertificateValidated { get; init; }

    /// <summary>Server name of the TLS handshake; empty if unknown.</summary>
    public string RequestedServerName { get; init; } = "";

    /// <summary>URI and DNS names of the client's certificate, then its subject: what RBAC calls the principal.</summary>
    public IReadOnlyList<string> PeerPrincipals { get; init; } = [];
}
