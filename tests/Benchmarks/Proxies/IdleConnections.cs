using System.Net.Sockets;

namespace MeshSim.Benchmarks.Proxies;

/// <summary>Connections on which one request was made and nothing happens since.</summary>
internal sealed class IdleConnections : IDisposable
{
    private readonly List<Socket> sockets = [];

    public IdleConnections(Rival rival, int count)
    {
        var answer = new byte[4096];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            sockets.Add(socket);
            socket.Connect("127.0.0.1", rival.Port);
            _ = socket.Send("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8);
            _ = socket.Receive(answer);
        }
    }

    public void Dispose() => sockets.ForEach(static socket => socket.Dispose());
}
