using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Addresses as the core names them.</summary>
internal static class SocketAddresses
{
    private static readonly NetworkAddress Unknown = new("0.0.0.0", 0);

    public static NetworkAddress Of(EndPoint? endPoint) => endPoint is IPEndPoint ip ? new NetworkAddress(Plain(ip.Address).ToString(), ip.Port) : Unknown;

    /// <summary>The machine's own address, as Envoy finds it: the first IPv4 address of an interface that is not loopback; 127.0.0.1 if there is none.</summary>
    public static NetworkAddress OfMachine()
    {
        try
        {
            foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
            {
                foreach (var unicast in adapter.GetIPProperties().UnicastAddresses)
                {
                    if (unicast.Address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(unicast.Address))
                    {
                        return new NetworkAddress(unicast.Address.ToString(), 0);
                    }
                }
            }
        }
        catch (NetworkInformationException)
        {
            // What the machine does not tell is not known.
        }

        return new NetworkAddress("127.0.0.1", 0);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
