using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts of a replay: one object for each host, shared by the workers as in the proxy that was recorded.</summary>
internal sealed class ReplayHosts
{
    private readonly Dictionary<string, HostState> hosts = new(StringComparer.Ordinal);

    public ClusterMembership Membership(ReadOnlySpan<string> words)
    {
        var members = new HostState[words.Length - 1];
        for (var i = 1; i < words.Length; i++)
        {
            members[i - 1] = Host(words[0], words[i]);
        }

        return new ClusterMembership(TextCodec.UnescapeText(words[0]), [.. members]);
    }

    public static NetworkAddress Address(string word)
    {
        var bar = word.LastIndexOf('|');
        return new NetworkAddress(word[..bar], int.Parse(word.AsSpan(bar + 1), CultureInfo.InvariantCulture));
    }

    private HostState Host(string cluster, string word)
    {
        if (hosts.TryGetValue($"{cluster} {word}", out var known))
        {
            return known;
        }

        var parts = word.Split(';');
        var host = new HostState(
            new HostSnapshot
            {
                Address = Address(parts[0]),
                Hostname = TextCodec.UnescapeText(parts[1]),
                Weight = uint.Parse(parts[2], CultureInfo.InvariantCulture),
                Priority = int.Parse(parts[3], CultureInfo.InvariantCulture),
                Locality = new LocalitySnapshot(TextCodec.UnescapeText(parts[4]), TextCodec.UnescapeText(parts[5]), TextCodec.UnescapeText(parts[6])),
                EdsHealth = Enum.Parse<EdsHealth>(parts[7]),
                Metadata = parts[8].Length == 0 ? MetadataMap.Empty : new MetadataMap(MetadataJson.Parse(TextCodec.Unescape(parts[8])).Fields),
            }
        );
        return hosts[$"{cluster} {word}"] = host;
    }
}
