namespace MeshSim.ProxyRuntime.Core;

/// <summary>What was found of a peer's certificate.</summary>
public enum PeerVerdict : byte
{
    /// <summary>Nothing is demanded of it.</summary>
    NotValidated,

    /// <summary>It is what is demanded.</summary>
    Validated,

    /// <summary>There is none, and one is demanded.</summary>
    NoCertificate,

    /// <summary>Its chain does not lead to a trusted authority, or is not valid now.</summary>
    Untrusted,

    /// <summary>None of its names is demanded.</summary>
    NameMismatch,

    /// <summary>Neither it nor its key has a demanded hash.</summary>
    HashMismatch,
}

/// <summary>What follows from verdicts.</summary>
public static class PeerVerdicts
{
    /// <summary>The handshake may go on: nothing is wrong, or trust_chain_verification is ACCEPT_UNTRUSTED.</summary>
    public static bool IsGood(this PeerVerdict verdict, CertificateValidationSnapshot? validation) =>
        verdict <= PeerVerdict.Validated || (verdict != PeerVerdict.NoCertificate && validation is { AcceptUntrusted: true });
}
