using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using AddressText = MeshSim.ProxyRuntime.Core.NetworkAddress;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Filter chains of listeners and address ranges.</summary>
internal static class ListenerChecks
{
    public static void Check(SourceMap map, Listener listener)
    {
        var chains = listener.FilterChains;
        for (var i = 1; i < chains.Count; i++)
        {
            var match = chains[i].FilterChainMatch ?? new FilterChainMatch();
            if (chains.Take(i).FirstOrDefault(other => match.Equals(other.FilterChainMatch ?? new FilterChainMatch())) is { } twin)
            {
                map.Problem(
                    chains[i],
                    "filter_chain_match",
                    $"error adding listener '{Describe(listener)}': filter chain '{chains[i].Name}' has the same matching rules defined as '{twin.Name}'"
                );
            }
        }
    }

    public static void Check(SourceMap map, FilterChainMatch match)
    {
        for (var i = 0; i < match.ServerNames.Count; i++)
        {
            var name = match.ServerNames[i];
            if (name.Contains('*', StringComparison.Ordinal) && !name.StartsWith("*.", StringComparison.Ordinal))
            {
                map.Problem(
                    match,
                    "server_names",
                    i,
                    "partial wildcards are not supported in \"server_names\"; accepted are whole names and '*.' with a suffix"
                );
            }
        }

        if (match.AddressSuffix.Length > 0 || match.SuffixLen is not null)
        {
            map.Problem(
                match,
                match.AddressSuffix.Length > 0 ? "address_suffix" : "suffix_len",
                "filter chain match contains unimplemented fields; accepted: prefix_ranges"
            );
        }
    }

    public static void Check(SourceMap map, CidrRange range)
    {
        if (range.AddressPrefix.Length > 0 && !AddressBuilder.TryParseIp(range.AddressPrefix, out _))
        {
            map.Problem(range, "address_prefix", $"malformed IP address: {range.AddressPrefix}; accepted is an IPv4 or IPv6 address");
        }
    }

    private static string Describe(Listener listener) =>
        listener.Address?.SocketAddress is { } socket && AddressBuilder.TryParseIp(socket.Address, out _)
            ? new AddressText(socket.Address, (int)Math.Min(socket.PortValue, ushort.MaxValue)).Text
            : listener.Name;
}
