using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A client in a simulated TLS handshake: what it asks for, what it shows, whom it believes.</summary>
public abstract class TlsClientParty
{
    /// <summary>Empty for none.</summary>
    public abstract string ServerName { get; }

    /// <summary>What it offers by ALPN.</summary>
    public abstract ImmutableArray<string> Protocols { get; }

    public abstract TlsVersion MinVersion { get; }

    public abstract TlsVersion MaxVersion { get; }

    /// <summary>What it shows if it is asked, the leaf first; empty for nothing.</summary>
    public abstract ImmutableArray<CertificateInfo> Certificate { get; }

    /// <summary>What it finds of the server's certificate.</summary>
    /// <param name="unixNs">Wall time, nanoseconds since the epoch.</param>
    /// <returns>The verdict, and whether it goes on.</returns>
    public abstract (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs);
}

/// <summary>A server in a simulated TLS handshake.</summary>
public abstract class TlsServerParty
{
    public abstract TlsVersion MinVersion { get; }

    public abstract TlsVersion MaxVersion { get; }

    /// <summary>It asks the client for a certificate.</summary>
    public abstract bool AsksForCertificate { get; }

    /// <summary>What it shows to a client that asks for that name, the leaf first.</summary>
    public abstract ImmutableArray<CertificateInfo> CertificateFor(string serverName);

    /// <summary>The protocol it agrees on; null for none.</summary>
    public abstract string? ChooseProtocol(ImmutableArray<string> offered);

    /// <summary>What it finds of the client's certificate.</summary>
    /// <param name="shown">Empty if it shows none.</param>
    /// <returns>The verdict, and whether it goes on.</returns>
    public abstract (PeerVerdict Verdict, bool GoesOn) Judge(ImmutableArray<CertificateInfo> shown, long unixNs);
}
