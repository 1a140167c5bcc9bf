using System.Globalization;
using System.Net;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Answers for names without asking anybody: an address of documentation (RFC 5737, RFC 3849) for each, by which the name is found again.</summary>
internal sealed class DocumentationNames
{
    private const int HostsPerNet = 254;

    private static readonly string[] Nets = ["192.0.2.", "198.51.100."];

    private readonly Dictionary<string, string> byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> byAddress = new(StringComparer.Ordinal);

    /// <summary>The address of a name; an address is its own.</summary>
    public string AddressOf(DnsQuery query)
    {
        if (IPAddress.TryParse(query.Name, out _))
        {
            return query.Name;
        }

        var v6 = query.Family == DnsLookupFamily.V6Only;
        var key = v6 ? query.Name + "\0v6" : query.Name;
        if (!byName.TryGetValue(key, out var address))
        {
            var number = byName.Count;
            address =
                v6 || number >= Nets.Length * HostsPerNet
                    ? string.Create(CultureInfo.InvariantCulture, $"2001:db8::{number + 1:x}")
                    : string.Create(CultureInfo.InvariantCulture, $"{Nets[number / HostsPerNet]}{(number % HostsPerNet) + 1}");
            byName[key] = address;
            byAddress[address] = query.Name;
        }

        return address;
    }

    /// <summary>A host by its name and port, or by its address.</summary>
    public string NameOf(NetworkAddress address) =>
        byAddress.TryGetValue(address.Ip, out var name) ? string.Create(CultureInfo.InvariantCulture, $"{name}:{address.Port}") : address.Text;
}
