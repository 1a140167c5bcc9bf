using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A name to resolve. An IP address resolves to itself.</summary>
/// <param name="Cluster">The cluster that asks.</param>
/// <param name="Name">The DNS name, without port.</param>
/// <param name="Family">Which addresses are wanted, and in what order.</param>
public sealed record DnsQuery(string Cluster, string Name, DnsLookupFamily Family);

/// <summary>What a resolver answered.</summary>
/// <param name="Succeeded">False when the query failed: the old hosts stay.</param>
/// <param name="Addresses">IP addresses in the resolver's order; may be empty.</param>
public sealed record DnsAnswer(bool Succeeded, ImmutableArray<string> Addresses)
{
    public static readonly DnsAnswer Failure = new(false, []);

    /// <summary>What was made of it: proxies that are given the same answer share their hosts' snapshots.</summary>
    private readonly HostsOfAnswer hosts = new();

    private DnsAnswer(DnsAnswer other) => (Succeeded, Addresses, TtlsS, hosts) = (other.Succeeded, other.Addresses, other.TtlsS, new HostsOfAnswer());

    /// <summary>For how many seconds each address holds, in the order of the addresses; 0: not at all. Empty from a resolver that does not tell.</summary>
    public ImmutableArray<uint> TtlsS { get; init; } = [];

    /// <summary>The hosts that an endpoint is at these addresses, in their order.</summary>
    internal ImmutableArray<HostSnapshot> HostsOf(EndpointSnapshot endpoint) => Addresses.IsEmpty ? [] : hosts.Of(endpoint, Addresses);

    public bool Equals(DnsAnswer? other) =>
        other is not null && Succeeded == other.Succeeded && Addresses.SequenceEqual(other.Addresses) && TtlsS.SequenceEqual(other.TtlsS);

    public override int GetHashCode() => Addresses.IsEmpty ? 0 : (int)StableHash.Of(Addresses[0]);
}
