using System.Net;
using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Accepts the connections of one listener for one worker.</summary>
internal sealed class ListenerSocket(WorkerLoop loop, ListenerSnapshot listener, Socket socket) : ISocketHandler
{
    private const int AcceptsAtOnce = 64;
    private const int Backlog = 512;
    private static readonly TimeSpan PauseWhenOutOfDescriptors = TimeSpan.FromMilliseconds(100);

    /// <summary>Whose connections come in.</summary>
    public ListenerSnapshot Listener { get; set; } = listener;

    /// <summary>Binds one socket per worker to the address; connections are spread over them by the kernel.</summary>
    public static Socket Bind(NetworkAddress address)
    {
        var ip = IPAddress.Parse(address.Ip);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            const int solSocket = 1;
            const int soReuseAddress = 2;
            const int soReusePort = 15;
            socket.SetRawSocketOption(solSocket, soReuseAddress, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(solSocket, soReusePort, BitConverter.GetBytes(1));
            socket.Bind(new IPEndPoint(ip, address.Port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void OnReady(bool readable, bool writable)
    {
        for (var i = 0; i < AcceptsAtOnce; i++)
        {
            Socket accepted;
            try
            {
                accepted = socket.Accept();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                Pause();
                return;
            }
            catch (SocketException)
            {
                continue; // That one client is gone again.
            }

            accepted.Blocking = false;
            accepted.NoDelay = true;
            loop.OnAccepted(Listener, accepted);
        }
    }

    public void Close()
    {
        loop.Events.Unregister(socket);
        socket.Dispose();
    }

    /// <summary>Out of descriptors: waiting clients stay in the backlog for a moment, instead of this thread spinning on them.</summary>
    private void Pause()
    {
        loop.Events.Watch(socket, 0);
        loop.After((long)PauseWhenOutOfDescriptors.TotalNanoseconds, () => loop.Events.Watch(socket, Epoll.In));
    }
}
