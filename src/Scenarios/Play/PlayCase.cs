using System.Collections.Immutable;

namespace MeshSim.Scenarios.Play;

/// <summary>One case of the conformance harness: a configuration, scripted endpoints, what a client does, what is to be told.</summary>
public sealed record PlayCase
{
    public required string Name { get; init; }

    /// <summary>The bootstrap as JSON text, placeholders included.</summary>
    public required string Config { get; init; }

    /// <summary>Only the verdict on the configuration is asked for.</summary>
    public bool Validate { get; init; }

    public ImmutableArray<PlayEndpoint> Endpoints { get; init; } = [];

    public ImmutableArray<PlayStep> Steps { get; init; } = [];

    /// <summary>Statistics to tell at the end.</summary>
    public ImmutableArray<string> Stats { get; init; } = [];

    /// <summary>The access log is to be told.</summary>
    public bool AccessLog { get; init; }

    /// <summary>How many connections each endpoint got is to be told.</summary>
    public bool Connections { get; init; }

    /// <summary>How long to wait before the first step, nanoseconds.</summary>
    public long SettleNs { get; init; }

    /// <summary>How long to wait after the last step, nanoseconds.</summary>
    public long LingerNs { get; init; }

    /// <summary>Files beside the configuration, by name.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A scripted upstream: each request takes the next action of the script, then the default one.</summary>
/// <param name="Down">It does not listen at first.</param>
/// <param name="Tls">It speaks TLS; null for plain text.</param>
public sealed record PlayEndpoint(string Name, int Port, ImmutableArray<PlayAction> Script, PlayAction Default, bool Down, PlayTls? Tls = null);

/// <summary>What a peer brings into a TLS handshake; names are of certificates in the case's PKI.</summary>
/// <param name="ServerName">sni: what a client asks for; null for nothing.</param>
/// <param name="Certificate">cert; null for none.</param>
/// <param name="Authority">ca of a client, client_ca of a server; null: a server asks for no certificate.</param>
/// <param name="Protocols">alpn.</param>
/// <param name="MaxVersion">max: <c>1.2</c> or <c>1.3</c>.</param>
public sealed record PlayTls(string? ServerName, string? Certificate, string? Authority, ImmutableArray<string> Protocols, string MaxVersion);

/// <summary>How an endpoint answers one request.</summary>
public sealed record PlayAction
{
    public static readonly PlayAction Plain = new();

    public int Status { get; init; } = 200;

    public ImmutableArray<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Null: the endpoint's name.</summary>
    public string? Body { get; init; }

    /// <summary>Before anything is answered, nanoseconds.</summary>
    public long DelayNs { get; init; }

    /// <summary>Between head and body, nanoseconds.</summary>
    public long BodyDelayNs { get; init; }

    /// <summary>"reset" and "before": no answer; "mid": an answer cut short; anything else: closed after the answer. Null: it stays open.</summary>
    public string? Close { get; init; }

    /// <summary>Bytes as they are instead of an answer.</summary>
    public string? Raw { get; init; }

    /// <summary>Behind raw bytes: whatever comes goes back.</summary>
    public bool Echo { get; init; }

    /// <summary>Behind raw bytes: the connection is closed.</summary>
    public bool ThenClose { get; init; }

    /// <summary>Of a default: GET requests for this path are health checks, and not told.</summary>
    public string? HealthPath { get; init; }

    /// <summary>What health checks are told.</summary>
    public bool Healthy { get; init; } = true;
}
