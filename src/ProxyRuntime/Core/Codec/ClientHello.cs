namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a TLS client says first, as far as it decides anything here.</summary>
/// <param name="ServerName">In lower case; empty if it names none.</param>
/// <param name="ApplicationProtocols">Offered by ALPN, in its order.</param>
/// <param name="OffersProtocols">It has the extension for ALPN.</param>
/// <param name="TakesEcdsa">It can verify ECDSA signatures over a curve it knows.</param>
/// <param name="MaxVersion">The newest version it speaks, as on the wire: 0x0304 for TLS 1.3.</param>
public sealed record ClientHello(string ServerName, IReadOnlyList<string> ApplicationProtocols, bool OffersProtocols, bool TakesEcdsa, int MaxVersion)
{
    public static readonly ClientHello Empty = new("", [], OffersProtocols: false, TakesEcdsa: false, MaxVersion: 0);
}

/// <summary>What <see cref="ClientHelloReader"/> makes of the first bytes of a connection.</summary>
public enum ClientHelloState : byte
{
    /// <summary>It may become one.</summary>
    NeedMore,
    Complete,

    /// <summary>It is no TLS.</summary>
    NotTls,

    /// <summary>It is longer than allowed.</summary>
    TooLarge,
}
