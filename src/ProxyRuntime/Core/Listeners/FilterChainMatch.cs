using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>FilterChainMatch: which connections a filter chain is for. What is empty fits every connection, less well than what is not.</summary>
public sealed record FilterChainMatch
{
    public static readonly FilterChainMatch Any = new();

    /// <summary>destination_port; null: any.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>prefix_ranges of the address the client connected to.</summary>
    public ImmutableArray<CidrRange> PrefixRanges { get; init; } = [];

    /// <summary>server_names in lower case: whole names, or <c>*.</c> and a suffix.</summary>
    public ImmutableArray<string> ServerNames { get; init; } = [];

    /// <summary>transport_protocol: <c>tls</c> or <c>raw_buffer</c>; empty: any.</summary>
    public string TransportProtocol { get; init; } = "";

    /// <summary>application_protocols, one of which the client has to offer.</summary>
    public ImmutableArray<string> ApplicationProtocols { get; init; } = [];

    /// <summary>direct_source_prefix_ranges of the peer.</summary>
    public ImmutableArray<CidrRange> DirectSourcePrefixRanges { get; init; } = [];

    /// <summary>source_type. Default ANY.</summary>
    public ConnectionSourceType SourceType { get; init; }

    /// <summary>source_prefix_ranges of the peer.</summary>
    public ImmutableArray<CidrRange> SourcePrefixRanges { get; init; } = [];

    /// <summary>source_ports of the peer.</summary>
    public ImmutableArray<int> SourcePorts { get; init; } = [];
}

/// <summary>FilterChainMatch.ConnectionSourceType.</summary>
public enum ConnectionSourceType : byte
{
    Any,

    /// <summary>The peer has this machine's address, or a loopback address.</summary>
    SameIpOrLoopback,
    External,
}
