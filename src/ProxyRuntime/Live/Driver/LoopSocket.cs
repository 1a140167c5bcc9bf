using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A connection of a loop: bytes that have come and bytes that wait to go.</summary>
internal abstract class LoopSocket(ISocketLoop loop, Socket socket) : ISocketHandler
{
    /// <summary>Beyond this many bytes in a queue its source is not read any more until it has drained: Envoy's default buffer limit.</summary>
    public const int HighWatermark = 1024 * 1024;

    private const int ReadSize = 16 * 1024;

    private uint watched;
    private bool registered;
    private bool touched;

    /// <summary>More is waiting to be sent than should.</summary>
    public bool IsCongested => Output.Length > HighWatermark;

    protected Socket Socket => socket;

    /// <summary>The loop has ended: nobody is told.</summary>
    public void Abandon() => socket.Dispose();

    protected ByteQueue Input { get; } = new();

    protected ByteQueue Output { get; } = new();

    /// <summary>TLS between the socket and the queues; null for plain text.</summary>
    protected TlsTransport? Tls { get; private set; }

    /// <summary>Something waits to be sent.</summary>
    protected bool HasOutput => Output.Length > 0 || Tls is { Pending: > 0 };

    public abstract void OnReady(bool readable, bool writable);

    /// <summary>Something was written: it is sent before the loop waits again, together with what else is written until then.</summary>
    public void Touch()
    {
        if (!touched)
        {
            touched = true;
            loop.Touched(this);
        }
    }

    public void FlushTouched()
    {
        touched = false;
        Flush();
    }

    protected abstract void Flush();

    /// <summary>Sends what the socket takes. Returns false if the connection is broken.</summary>
    protected bool TrySend()
    {
        if (Tls is { } tls)
        {
            return tls.TrySend(socket, Output);
        }

        while (Output.Length > 0)
        {
            var sent = socket.Send(Output.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return true;
            }

            if (error != SocketError.Success)
            {
                return false;
            }

            Output.Consume(sent);
        }

        return true;
    }

    /// <summary>Takes what has come. Returns false if nothing will come any more: the peer has closed, or the connection is broken.</summary>
    protected bool TryReceive()
    {
        if (Tls is not null)
        {
            return TryReceiveSecured(Tls);
        }

        var received = socket.Receive(Input.Free(ReadSize), SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            Input.Grow(received);
        }

        return error == SocketError.WouldBlock || (error == SocketError.Success && received > 0);
    }

    /// <summary>From now on what is sent and received is TLS.</summary>
    protected void Secure(TlsPeer peer) => Tls = new TlsTransport(peer);

    /// <summary>The connection is closed from this side.</summary>
    protected void CloseSocket()
    {
        Tls?.Shutdown(socket);
        Tls?.Dispose();
        socket.Dispose();
    }

    private bool TryReceiveSecured(TlsTransport tls)
    {
        var goesOn = tls.TryReceive(socket, Input);
        if (tls.Pending > 0)
        {
            Touch();
        }

        if (goesOn && tls.HasEnded)
        {
            loop.Events.Post(() => OnReady(readable: true, writable: false)); // The socket itself may have nothing more to tell.
        }

        return goesOn;
    }

    protected void Watch(uint events)
    {
        if (!registered)
        {
            loop.Events.Register(socket, this, events);
            registered = true;
        }
        else if (events != watched)
        {
            loop.Events.Watch(socket, events);
        }

        watched = events;
    }

    /// <summary>Nothing more is to be heard of the socket.</summary>
    protected void Unwatch()
    {
        if (registered)
        {
            loop.Events.Unregister(socket);
            registered = false;
        }
    }
}
