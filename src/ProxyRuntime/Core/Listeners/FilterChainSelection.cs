using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Which filter chain a connection gets. In Envoy's order – destination port, destination address, server name, transport protocol,
/// application protocol, direct source, kind of source, source address, source port – only those stay that fit best; no step is
/// gone back on, even if none is left in the end.
/// </summary>
public static class FilterChainSelection
{
    private const int No = -1;

    /// <returns>Null: no chain is for such a connection, and there is no default.</returns>
    public static FilterChainSnapshot? Find(ListenerSnapshot listener, ConnectionInfo connection)
    {
        var chains = listener.FilterChains;
        if (chains.Length == 1 && ReferenceEquals(chains[0].Match, FilterChainMatch.Any))
        {
            return chains[0];
        }

        var left = new bool[chains.Length];
        Array.Fill(left, true);
        var found =
            Narrow(chains, left, match => Port(match, connection.Local.Port))
            && Narrow(chains, left, match => Address(match.PrefixRanges, connection.Local))
            && Narrow(chains, left, match => ServerName(match.ServerNames, connection.RequestedServerName))
            && Narrow(chains, left, match => Text(match.TransportProtocol, connection.TransportProtocol))
            && Narrow(chains, left, match => ApplicationProtocol(match.ApplicationProtocols, connection.ApplicationProtocols))
            && Narrow(chains, left, match => Address(match.DirectSourcePrefixRanges, connection.Remote))
            && Narrow(chains, left, match => Source(match.SourceType, connection))
            && Narrow(chains, left, match => Address(match.SourcePrefixRanges, connection.Remote))
            && Narrow(chains, left, match => SourcePort(match.SourcePorts, connection.Remote.Port));
        return found ? chains[Array.IndexOf(left, true)] : listener.DefaultFilterChain;
    }

    /// <summary>Keeps those that fit best; false if none fits.</summary>
    /// <param name="rank">How well one fits: 0 and more, greater is better; <see cref="No"/> for not at all.</param>
    private static bool Narrow(ImmutableArray<FilterChainSnapshot> chains, bool[] left, Func<FilterChainMatch, int> rank)
    {
        var best = No;
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i])
            {
                best = Math.Max(best, rank(chains[i].Match));
            }
        }

        for (var i = 0; i < left.Length; i++)
        {
            left[i] = left[i] && best > No && rank(chains[i].Match) == best;
        }

        return best > No;
    }

    private static int Port(FilterChainMatch match, int port) =>
        match.DestinationPort is not { } wanted ? 0
        : wanted == port ? 1
        : No;

    /// <summary>The longest range counts; nothing is as good as a range of all.</summary>
    private static int Address(ImmutableArray<CidrRange> ranges, NetworkAddress address)
    {
        var best = ranges.IsEmpty ? 0 : No;
        foreach (var range in ranges)
        {
            if (range.Contains(address))
            {
                best = Math.Max(best, range.PrefixLength);
            }
        }

        return best;
    }

    /// <summary>A whole name before a suffix, a longer suffix before a shorter one.</summary>
    private static int ServerName(ImmutableArray<string> names, string name)
    {
        var best = names.IsEmpty ? 0 : No;
        foreach (var wanted in names)
        {
            if (wanted == name)
            {
                return int.MaxValue;
            }

            if (wanted.StartsWith("*.", StringComparison.Ordinal) && IsSuffix(name, wanted.AsSpan(1)))
            {
                best = Math.Max(best, wanted.Length);
            }
        }

        return best;
    }

    /// <summary>At least one character stands before it, and it is not a dot alone.</summary>
    private static bool IsSuffix(string name, ReadOnlySpan<char> suffix) =>
        name.Length > suffix.Length && suffix.Length > 1 && name.AsSpan().EndsWith(suffix, StringComparison.Ordinal);

    private static int Text(string wanted, string text) =>
        wanted.Length == 0 ? 0
        : wanted == text ? 1
        : No;

    /// <summary>The earlier in the client's list the better.</summary>
    private static int ApplicationProtocol(ImmutableArray<string> wanted, IReadOnlyList<string> offered)
    {
        for (var i = 0; i < offered.Count; i++)
        {
            if (wanted.Contains(offered[i], StringComparer.Ordinal))
            {
                return offered.Count - i;
            }
        }

        return wanted.IsEmpty ? 0 : No;
    }

    private static int Source(ConnectionSourceType type, ConnectionInfo connection)
    {
        if (type == ConnectionSourceType.Any)
        {
            return 0;
        }

        var isLocal = connection.Remote.IsLoopback || connection.Remote.Bytes.SequenceEqual(connection.Local.Bytes);
        return isLocal == (type == ConnectionSourceType.SameIpOrLoopback) ? 1 : No;
    }

    private static int SourcePort(ImmutableArray<int> ports, int port) =>
        ports.IsEmpty ? 0
        : ports.Contains(port) ? 1
        : No;
}
