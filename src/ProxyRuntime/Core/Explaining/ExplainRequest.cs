using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The request that is to be explained, and what is assumed of the world around it.</summary>
public sealed record ExplainRequest
{
    /// <summary>An address of documentation (RFC 5737).</summary>
    public static readonly NetworkAddress DefaultClient = new("203.0.113.1", 40_000);

    public required string Method { get; init; }

    /// <summary><c>http</c>, or <c>https</c>: the connection is TLS and ends at the proxy.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port as the client sends them; the scheme's own port left out.</summary>
    public required string Authority { get; init; }

    /// <summary>Path and query.</summary>
    public required string Path { get; init; }

    /// <summary>The port of the URL; null where it names none.</summary>
    public int? Port { get; init; }

    /// <summary>Further headers in the order given. <c>host</c> is in <see cref="Authority"/>.</summary>
    public ImmutableArray<HeaderLine> Headers { get; init; } = [];

    /// <summary>How many bytes of body the request has.</summary>
    public long BodyBytes { get; init; }

    /// <summary>Where the connection comes from.</summary>
    public NetworkAddress From { get; init; } = DefaultClient;

    /// <summary>The request's random number; everything else that is drawn depends on it too. Default 0.</summary>
    public ulong Random { get; init; }

    /// <summary>What the upstream is taken to answer: 101, or 200 to 599. Default 200.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The wall clock, in nanoseconds since the Unix epoch.</summary>
    public long UnixNs { get; init; }

    public string Url => $"{Scheme}://{Authority}{Path}";
}
