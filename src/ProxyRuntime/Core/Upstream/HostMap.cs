using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Hosts of all priorities by their addresses. Immutable.</summary>
internal sealed class HostMap
{
    private const int LongestAddress = 64;

    private readonly Dictionary<string, HostState>.AlternateLookup<ReadOnlySpan<char>> byAddress;

    public HostMap(IEnumerable<HostState> hosts)
    {
        var map = new Dictionary<string, HostState>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            map[host.Address.Text] = host;
        }

        byAddress = map.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <param name="address">As Envoy prints it, with the port.</param>
    public HostState? Find(ReadOnlySpan<byte> address)
    {
        if (address.Length > LongestAddress)
        {
            return null;
        }

        Span<char> text = stackalloc char[LongestAddress];
        return byAddress.TryGetValue(text[..Encoding.Latin1.GetChars(address, text)], out var host) ? host : null;
    }
}
