using System.Net.Sockets;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>A connection of a loop: bytes that have come and bytes that wait to go.</summary>
internal abstract class LoopSocket(ISocketLoop loop, Socket socket) : ISocketHandler
{
    /// <summary>Beyond this many bytes in a queue its source is not read any more until it has drained: Envoy's default buffer limit.</summary>
    public const int HighWatermark = 1024 * 1024;

    /// <summary>At least so much room for each read.</summary>
    private const int ReadSize = BufferPool.Size / 4;

    private readonly int descriptor = (int)socket.Handle;
    private uint watched;
    private bool registered;
    private bool touched;
    private bool full;

    /// <summary>More is waiting to be sent than should.</summary>
    public bool IsCongested => Output.Length > HighWatermark;

    /// <summary>The socket took only part of what there was; it tells when it takes more.</summary>
    protected bool IsFull => full;

    protected Socket Socket => socket;

    /// <summary>The loop has ended: nobody is told.</summary>
    public void Abandon() => socket.Dispose();

    protected ByteQueue Input { get; } = new(loop.Buffers);

    protected ByteQueue Output { get; } = new(loop.Buffers);

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
        while (Output.Length > 0)
        {
            var sent = NativeSocket.Send(descriptor, Output.Span);
            if (sent < 0)
            {
                full = sent == NativeSocket.WouldBlock;
                return full;
            }

            Output.Consume(sent);
        }

        full = false;
        Output.Release();
        return true;
    }

    /// <summary>Takes what has come. Returns false if nothing will come any more: the peer has closed, or the connection is broken.</summary>
    protected bool TryReceive()
    {
        var received = NativeSocket.Receive(descriptor, Input.Free(ReadSize));
        Input.Grow(Math.Max(0, received));
        return received is > 0 or NativeSocket.WouldBlock;
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
