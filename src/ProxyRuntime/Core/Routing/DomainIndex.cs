using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Virtual hosts by domain, in Envoy's order of search. A lookup costs one probe for exact names and one for each length of a wildcard.</summary>
internal sealed class DomainIndex
{
    private readonly ByteTable exact;
    private readonly (int Length, ByteTable Table)[] suffixes;
    private readonly (int Length, ByteTable Table)[] prefixes;
    private readonly List<(int Host, string Domain)> entries = [];
    private readonly int wildcard = -1;

    public DomainIndex(ImmutableArray<VirtualHost> virtualHosts)
    {
        List<(byte[], int)> exactNames = [];
        List<(byte[], int)> suffixNames = [];
        List<(byte[], int)> prefixNames = [];
        for (var i = 0; i < virtualHosts.Length; i++)
        {
            foreach (var domain in virtualHosts[i].Domains)
            {
                var text = Encoding.UTF8.GetBytes(domain.ToLowerInvariant());
                var entry = entries.Count;
                entries.Add((i, domain));
                if (domain == "*")
                {
                    wildcard = entry;
                }
                else if (text.Length > 0 && text[0] == (byte)'*')
                {
                    suffixNames.Add((text[1..], entry));
                }
                else if (text.Length > 0 && text[^1] == (byte)'*')
                {
                    prefixNames.Add((text[..^1], entry));
                }
                else
                {
                    exactNames.Add((text, entry));
                }
            }
        }

        exact = new ByteTable(exactNames);
        suffixes = ByLength(suffixNames);
        prefixes = ByLength(prefixNames);
        IsWildcardOnly = exactNames.Count + suffixes.Length + prefixes.Length == 0;
    }

    private bool IsWildcardOnly { get; }

    /// <summary>The place of the virtual host for a host; −1 if none fits.</summary>
    public int Find(ReadOnlySpan<byte> host) => FindEntry(host) is >= 0 and var entry ? entries[entry].Host : -1;

    /// <summary>The domain a host fits, as written; null if it fits none.</summary>
    public string? DomainOf(ReadOnlySpan<byte> host) => FindEntry(host) is >= 0 and var entry ? entries[entry].Domain : null;

    private int FindEntry(ReadOnlySpan<byte> host)
    {
        if (IsWildcardOnly)
        {
            return wildcard;
        }

        if (!host.ContainsAnyInRange((byte)'A', (byte)'Z'))
        {
            return FindLower(host);
        }

        Span<byte> lower = host.Length <= 256 ? stackalloc byte[host.Length] : new byte[host.Length];
        for (var i = 0; i < host.Length; i++)
        {
            lower[i] = host[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(host[i] | 0x20) : host[i];
        }

        return FindLower(lower);
    }

    private int FindLower(ReadOnlySpan<byte> lower)
    {
        var found = exact.Find(lower);
        for (var i = 0; found < 0 && i < suffixes.Length; i++)
        {
            // A wildcard stands for at least one character.
            var (length, table) = suffixes[i];
            found = length < lower.Length ? table.Find(lower[^length..]) : -1;
        }

        for (var i = 0; found < 0 && i < prefixes.Length; i++)
        {
            var (length, table) = prefixes[i];
            found = length < lower.Length ? table.Find(lower[..length]) : -1;
        }

        return found < 0 ? wildcard : found;
    }

    private static (int Length, ByteTable Table)[] ByLength(List<(byte[] Text, int Entry)> names) =>
        [
            .. names
                .GroupBy(static name => name.Text.Length)
                .OrderByDescending(static group => group.Key)
                .Select(static group => (group.Key, new ByteTable([.. group]))),
        ];
}
