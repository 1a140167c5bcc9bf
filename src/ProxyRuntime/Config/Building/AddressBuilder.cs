using System.Diagnostics.CodeAnalysis;
using System.Net;
using Envoy.Config.Core.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Addresses a proxy listens on: an IP and a port.</summary>
internal static class AddressBuilder
{
    /// <summary>The address, or null with a problem.</summary>
    public static NetworkAddress? Build(BuildContext context, Address address)
    {
        if (address.SocketAddress is not { } socket)
        {
            if (address.AddressCase != Address.AddressOneofCase.None)
            {
                context.Map.Unsupported(address, address.Pipe is null ? "envoy_internal_address" : "pipe", "only 'socket_address' is supported yet");
            }

            return null;
        }

        if (socket.PortSpecifierCase == Envoy.Config.Core.V3.SocketAddress.PortSpecifierOneofCase.NamedPort)
        {
            context.NotSupported(socket, "named_port", "port_value");
        }

        if (socket.Protocol == Envoy.Config.Core.V3.SocketAddress.Types.Protocol.Udp)
        {
            context.NotSupported(socket, "protocol", "TCP");
        }

        if (!TryParseIp(socket.Address, out var ip))
        {
            if (socket.Address.Length > 0)
            {
                context.Map.Problem(socket, "address", $"malformed IP address: {socket.Address}; accepted is an IPv4 or IPv6 address");
            }

            return null;
        }

        return new NetworkAddress(ip.ToString(), (int)socket.PortValue);
    }

    /// <summary>An address as people write it: four decimal numbers, or IPv6 without brackets. Short and hexadecimal forms are none.</summary>
    public static bool TryParseIp(string text, [NotNullWhen(true)] out IPAddress? ip) =>
        IPAddress.TryParse(text, out ip)
        && (text.Contains(':', StringComparison.Ordinal) ? !text.StartsWith('[') : string.Equals(ip.ToString(), text, StringComparison.Ordinal));
}
