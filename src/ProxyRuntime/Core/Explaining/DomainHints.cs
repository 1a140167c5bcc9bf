using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Why a host may fit no domain of a route table: the usual traps.</summary>
internal static class DomainHints
{
    public static ImmutableArray<string> Of(RouteTable table, string host)
    {
        List<string> hints = [];
        var bytes = Encoding.UTF8.GetBytes(host);
        var colon = HostHeader.PortStart(bytes);
        if (colon >= 0 && table.DomainOf(bytes.AsSpan(0, colon)) is { } without)
        {
            hints.Add($"without its port it would fit '{without}'; ignore_port_in_host_matching is not set");
        }

        foreach (var virtualHost in table.VirtualHosts)
        {
            foreach (var domain in virtualHost.Domains)
            {
                var lower = domain.ToLowerInvariant();
                if (colon < 0 && lower.StartsWith(host + ":", StringComparison.Ordinal))
                {
                    hints.Add($"'{domain}' has a port and the host has none");
                }
                else if (lower is ['*', '.', ..] && lower[2..] == host)
                {
                    hints.Add($"'{domain}' does not stand for '{host}' itself: its * takes at least one character");
                }
            }
        }

        return [.. hints];
    }
}
