using System.Net;
using System.Net.Sockets;

namespace MeshSim.Silo;

/// <summary>Ports of the loopback that nobody uses.</summary>
internal static class FreePorts
{
    private const int Attempts = 100;

    /// <summary>The lower of two ports in a row.</summary>
    public static int Pair()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var lower = new TcpListener(IPAddress.Loopback, 0);
            lower.Start();
            var port = ((IPEndPoint)lower.LocalEndpoint).Port;
            if (port < IPEndPoint.MaxPort && IsFree(port + 1))
            {
                return port;
            }
        }

        throw new BadInputException("no two free ports in a row were found on the loopback");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var upper = new TcpListener(IPAddress.Loopback, port);
            upper.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
