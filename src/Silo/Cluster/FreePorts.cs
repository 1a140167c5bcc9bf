using System.Net;
using System.Net.Sockets;

namespace MeshSim.Silo;

/// <summary>Ports of the loopback that nobody uses.</summary>
internal static class FreePorts
{
    /// <summary>How often it is worth looking for others.</summary>
    public const int Attempts = 100;

    private const int Lowest = 10_000;

    /// <summary>From here on Linux takes ports for connections to others, at any moment.</summary>
    private const int FirstEphemeral = 32_768;

    /// <summary>Whether somebody else was faster: the reason of a start that failed.</summary>
    public static bool IsTaken(Exception? failure) =>
        failure is not null && (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || IsTaken(failure.InnerException));

    /// <summary>The lower of two ports in a row.</summary>
    public static int Pair()
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var port = Random.Shared.Next(Lowest, FirstEphemeral - 1);
            if (IsFree(port) && IsFree(port + 1))
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
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
