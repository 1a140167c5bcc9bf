using System.Net.Sockets;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Bytes on their way into a socket.</summary>
internal sealed class SocketWriter(Socket socket)
{
    /// <summary>Beyond this the source of the bytes is not read any more until they have drained.</summary>
    public const int HighWatermark = 1024 * 1024;

    public ByteQueue Queue { get; } = new();

    /// <summary>Sends what the socket takes. Returns false if the connection is broken.</summary>
    public bool Flush()
    {
        while (Queue.Length > 0)
        {
            var sent = socket.Send(Queue.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (error != SocketError.Success)
            {
                return false;
            }

            Queue.Consume(sent);
        }

        return true;
    }
}
