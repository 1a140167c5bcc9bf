using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeshSim.Scenarios.Live;

/// <summary>A part of loopback, 127.N.0.0/16, that no other run on this machine uses while this one holds it.</summary>
internal sealed class LoopbackNetwork : IDisposable
{
    /// <summary>127.0 and 127.1 are used by others.</summary>
    private const int First = 16;

    private const int Last = 250;

    /// <summary>Whoever holds this port of 127.N.0.1 holds the network.</summary>
    private const int GuardPort = 48_127;

    private readonly Socket guard;

    private LoopbackNetwork(int number, Socket guard)
    {
        Number = number;
        this.guard = guard;
    }

    /// <summary>N.</summary>
    public int Number { get; }

    /// <exception cref="LiveRunException">All are taken, or loopback has no such addresses.</exception>
    public static LoopbackNetwork Take()
    {
        for (var number = First; number <= Last; number++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.{number}.0.1")), GuardPort));
                socket.Listen(1); // Only one who listens holds it.
                return new LoopbackNetwork(number, socket);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                if (e.SocketErrorCode != SocketError.AddressAlreadyInUse)
                {
                    throw new LiveRunException(
                        $"cannot bind 127.{number}.0.1: {e.Message}; meshsim live needs all of 127.0.0.0/8 on loopback, as Linux has it",
                        e
                    );
                }
            }
        }

        throw new LiveRunException($"127.{First} to 127.{Last} are all taken by other runs on this machine");
    }

    public void Dispose() => guard.Dispose();
}
