using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Virtual hosts by domain, in Envoy's order of search.</summary>
internal sealed class DomainIndex
{
    private readonly (byte[] Text, VirtualHost Host)[] exact;
    private readonly (byte[] Text, VirtualHost Host)[] suffixes;
    private readonly (byte[] Text, VirtualHost Host)[] prefixes;
    private readonly VirtualHost? wildcard;

    public DomainIndex(ImmutableArray<VirtualHost> virtualHosts)
    {
        var all = virtualHosts.SelectMany(host => host.Domains.Select(domain => (Domain: domain.ToLowerInvariant(), Host: host))).ToArray();
        wildcard = all.FirstOrDefault(entry => entry.Domain == "*").Host;
        suffixes = LongestFirst(all.Where(e => e.Domain.Length > 1 && e.Domain[0] == '*').Select(e => (e.Domain[1..], e.Host)));
        prefixes = LongestFirst(all.Where(e => e.Domain.Length > 1 && e.Domain[0] != '*' && e.Domain[^1] == '*').Select(e => (e.Domain[..^1], e.Host)));
        exact = LongestFirst(all.Where(e => e.Domain.Length > 0 && e.Domain[0] != '*' && e.Domain[^1] != '*').Select(e => (e.Domain, e.Host)));
        Array.Sort(exact, static (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
    }

    public VirtualHost? Find(ReadOnlySpan<byte> host)
    {
        if (exact.Length + suffixes.Length + prefixes.Length == 0)
        {
            return wildcard;
        }

        Span<byte> lower = host.Length <= 256 ? stackalloc byte[host.Length] : new byte[host.Length];
        _ = Ascii.ToLower(host, lower, out var written);
        if (written < host.Length)
        {
            // Bytes outside ASCII have no case.
            host[written..].CopyTo(lower[written..]);
        }

        return FindExact(lower) ?? FindSuffix(lower) ?? FindPrefix(lower) ?? wildcard;
    }

    private VirtualHost? FindExact(ReadOnlySpan<byte> host)
    {
        var low = 0;
        var high = exact.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = exact[middle].Text.AsSpan().SequenceCompareTo(host);
            if (order == 0)
            {
                return exact[middle].Host;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    private VirtualHost? FindSuffix(ReadOnlySpan<byte> host)
    {
        foreach (var (text, virtualHost) in suffixes)
        {
            if (text.Length < host.Length && host.EndsWith(text))
            {
                return virtualHost;
            }
        }

        return null;
    }

    private VirtualHost? FindPrefix(ReadOnlySpan<byte> host)
    {
        foreach (var (text, virtualHost) in prefixes)
        {
            if (text.Length < host.Length && host.StartsWith(text))
            {
                return virtualHost;
            }
        }

        return null;
    }

    private static (byte[] Text, VirtualHost Host)[] LongestFirst(IEnumerable<(string Text, VirtualHost Host)> entries) =>
        [.. entries.Select(e => (Encoding.Latin1.GetBytes(e.Text), e.Host)).OrderByDescending(e => e.Item1.Length)];
}
