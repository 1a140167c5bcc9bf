namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of TLS under <c>listener.&lt;address&gt;.ssl.</c> or <c>cluster.&lt;name&gt;.ssl.</c></summary>
internal sealed class TlsStats
{
    /// <summary>Names Envoy has from the start; staples are not sent.</summary>
    private static readonly string[] AlwaysZero =
    [
        "ocsp_staple_failed",
        "ocsp_staple_omitted",
        "ocsp_staple_requests",
        "ocsp_staple_responses",
        "was_key_usage_invalid",
    ];

    private readonly StatSheet sheet;
    private readonly string root;

    /// <param name="owner"><c>listener.127.0.0.1_443.</c></param>
    public TlsStats(StatSheet sheet, string owner)
    {
        this.sheet = sheet;
        root = owner + "ssl.";
        foreach (var name in AlwaysZero)
        {
            _ = sheet.Counter(root + name);
        }

        ConnectionError = sheet.Counter(root + "connection_error");
        Handshake = sheet.Counter(root + "handshake");
        SessionReused = sheet.Counter(root + "session_reused");
        NoCertificate = sheet.Counter(root + "no_certificate");
        FailVerifyNoCert = sheet.Counter(root + "fail_verify_no_cert");
        FailVerifyError = sheet.Counter(root + "fail_verify_error");
        FailVerifySan = sheet.Counter(root + "fail_verify_san");
        FailVerifyCertHash = sheet.Counter(root + "fail_verify_cert_hash");
    }

    public Counter ConnectionError { get; }

    public Counter Handshake { get; }

    public Counter SessionReused { get; }

    public Counter NoCertificate { get; }

    public Counter FailVerifyNoCert { get; }

    public Counter FailVerifyError { get; }

    public Counter FailVerifySan { get; }

    public Counter FailVerifyCertHash { get; }

    public void Count(TlsHandshake handshake)
    {
        if (handshake is { Outcome: TlsOutcome.Done, Info: { } info })
        {
            Handshake.Increment();
            if (info.IsResumed)
            {
                SessionReused.Increment();
            }

            if (info.Peer is null)
            {
                NoCertificate.Increment();
            }

            CountNamed("ciphers.", info.Cipher);
            CountNamed("versions.", info.Version);
            CountNamed("curves.", info.Group);
        }

        switch (handshake.Verdict)
        {
            case PeerVerdict.NoCertificate:
                FailVerifyNoCert.Increment();
                break;
            case PeerVerdict.Untrusted:
                FailVerifyError.Increment();
                break;
            case PeerVerdict.NameMismatch:
                FailVerifySan.Increment();
                break;
            case PeerVerdict.HashMismatch:
                FailVerifyCertHash.Increment();
                break;
            default:
                if (handshake.Outcome == TlsOutcome.Failed)
                {
                    ConnectionError.Increment();
                }

                break;
        }
    }

    private void CountNamed(string kind, string name)
    {
        if (name.Length > 0)
        {
            sheet.Counter(root + kind + name).Increment();
        }
    }
}
