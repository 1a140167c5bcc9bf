using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Scenarios.Live;

/// <summary>A connection of a loop that carries HTTP/1.1: bytes that have come and bytes that wait to go.</summary>
internal abstract class HttpSocket(TimedLoop loop, Socket socket) : ISocketHandler
{
    private const int ReadSize = 16 * 1024;

    private bool connecting;
    private uint watched;

    public bool IsClosed { get; private set; }

    protected TimedLoop Loop => loop;

    protected ByteQueue Input { get; } = new();

    protected ByteQueue Output { get; } = new();

    public void OnReady(bool readable, bool writable)
    {
        if (connecting && writable)
        {
            connecting = false;
            if ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0)
            {
                Fail();
                return;
            }

            OnConnected();
        }

        if (!IsClosed && writable && Output.Length > 0)
        {
            Flush();
        }

        if (!IsClosed && readable)
        {
            Receive();
        }
    }

    /// <summary>Closes without telling the owner.</summary>
    /// <param name="reset">The peer learns of it by a reset.</param>
    public void Close(bool reset = false)
    {
        if (!IsClosed)
        {
            IsClosed = true;
            loop.Events.Unregister(socket);
            if (reset)
            {
                socket.LingerState = new LingerOption(true, 0);
            }

            socket.Dispose();
        }
    }

    /// <summary>Begins to be heard of.</summary>
    /// <param name="isConnecting">The connection is not up yet.</param>
    protected void Register(bool isConnecting)
    {
        connecting = isConnecting;
        watched = isConnecting ? Epoll.In | Epoll.Out : Epoll.In;
        loop.Events.Register(socket, this, watched);
    }

    /// <summary>Sends what the socket takes; the rest follows when it takes more.</summary>
    protected void Flush()
    {
        while (Output.Length > 0)
        {
            var sent = socket.Send(Output.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                Watch(sending: true);
                return;
            }

            if (error != SocketError.Success)
            {
                Fail();
                return;
            }

            Output.Consume(sent);
        }

        Watch(sending: false);
    }

    /// <summary>The connection is up.</summary>
    protected virtual void OnConnected() => Watch(sending: false);

    /// <summary>Bytes have come.</summary>
    protected abstract void OnReceived();

    /// <summary>The peer has closed, or the connection is broken; it is closed here, too.</summary>
    protected abstract void OnGone();

    private void Watch(bool sending)
    {
        var events = sending ? Epoll.In | Epoll.Out : Epoll.In;
        if (!connecting && !IsClosed && events != watched)
        {
            watched = events;
            loop.Events.Watch(socket, events);
        }
    }

    private void Receive()
    {
        var received = socket.Receive(Input.Free(ReadSize), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || received == 0)
        {
            Fail();
            return;
        }

        Input.Grow(received);
        OnReceived();
    }

    private void Fail()
    {
        if (!IsClosed)
        {
            Close();
            OnGone();
        }
    }
}
