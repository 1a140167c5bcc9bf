namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a TLS handshake ended.</summary>
/// <param name="Outcome">Whether it is done.</param>
/// <param name="Verdict">What was found of the peer's certificate.</param>
/// <param name="Info">What was agreed on; null if nothing was.</param>
public sealed record TlsHandshake(TlsOutcome Outcome, PeerVerdict Verdict, TlsInfo? Info)
{
    /// <summary>The peer's certificate is refused.</summary>
    public static TlsHandshake Refused(PeerVerdict verdict) => new(TlsOutcome.Failed, verdict, null);

    /// <summary>What came was no TLS, or the two sides have nothing in common.</summary>
    public static readonly TlsHandshake ProtocolError = new(TlsOutcome.Failed, PeerVerdict.NotValidated, null);

    /// <summary>The peer went away meanwhile.</summary>
    public static readonly TlsHandshake Abandoned = new(TlsOutcome.Abandoned, PeerVerdict.NotValidated, null);
}

public enum TlsOutcome : byte
{
    Done,

    /// <summary>By this side or by an alert of the other.</summary>
    Failed,

    /// <summary>The connection ended without a word.</summary>
    Abandoned,
}
