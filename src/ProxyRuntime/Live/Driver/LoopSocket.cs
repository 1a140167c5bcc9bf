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
    private bool ending;
    private bool parked;

    /// <summary>More is waiting to be sent than should.</summary>
    public bool IsCongested => Output.Length > HighWatermark;

    /// <summary>The socket took only part of what there was; it tells when it takes more.</summary>
    protected bool IsFull => full;

    protected Socket Socket => socket;

    /// <summary>The loop has ended: nobody is told.</summary>
    public void Abandon() => socket.Dispose();

    protected ByteQueue Input { get; } = new(loop.Buffers);

    protected ByteQueue Output { get; } = new(loop.Buffers);

    /// <summary>TLS between the socket and the queues; null for plain text.</summary>
    protected TlsTransport? Tls { get; private set; }

    /// <summary>Something waits to be sent.</summary>
    protected bool HasOutput => Output.Length > 0 || Tls is { Pending: > 0 };

    /// <summary>Bytes that wait to be sent, as they were written.</summary>
    public int Queued => Output.Length;

    /// <summary>Bytes that are not sent yet, those that are encrypted already among them.</summary>
    public int Unsent => Output.Length + (Tls?.Pending ?? 0);

    /// <summary>The connection broke: what was found when bytes were to be received last was no end in order.</summary>
    public bool WasReset { get; private set; }

    /// <summary>All is sent, and the peer knows that nothing follows.</summary>
    protected bool OutputEnded { get; private set; }

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

    /// <summary>Nothing more will be written: when all is sent the peer is told so. It may go on sending.</summary>
    public void EndOutput()
    {
        ending = true;
        Touch();
    }

    /// <summary>Takes what has come as something for another connection. Returns false if nothing will come any more.</summary>
    public bool TryReceiveFor(LoopSocket other) => TryReceive(other.Output);

    /// <summary>What has come already is for another connection. Returns how many bytes.</summary>
    public int HandOver(LoopSocket other)
    {
        var count = Input.Length;
        other.Output.Append(Input.Span);
        Input.Clear();
        Input.Release();
        return count;
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
            return TrySendSecured(tls);
        }

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
        return !ending || OutputEnded || ShutDown();
    }

    /// <summary>Takes what has come. Returns false if nothing will come any more: the peer has closed, or the connection is broken.</summary>
    protected bool TryReceive() => TryReceive(Input);

    /// <summary>From now on what is sent and received is TLS.</summary>
    protected void Secure(TlsPeer peer) => Tls = new TlsTransport(peer, loop.Buffers);

    /// <summary>The connection is closed from this side.</summary>
    protected void CloseSocket()
    {
        Tls?.Shutdown(descriptor);
        Tls?.Dispose();
        socket.Dispose();
    }

    private bool TryReceive(ByteQueue queue)
    {
        if (Tls is not null)
        {
            return TryReceiveSecured(Tls, queue);
        }

        var received = NativeSocket.Receive(descriptor, queue.Free(ReadSize));
        queue.Grow(Math.Max(0, received));
        WasReset = received < 0 && received != NativeSocket.WouldBlock;
        return received is > 0 or NativeSocket.WouldBlock;
    }

    private bool TrySendSecured(TlsTransport tls)
    {
        var sends = tls.TrySend(descriptor, Output);
        if (sends && ending && !OutputEnded && Output.Length == 0 && tls.IsOpen)
        {
            OutputEnded = true;
            tls.EndOutput();
            sends = tls.TrySend(descriptor, Output);
        }

        full = sends && HasOutput;
        Output.Release();
        return sends;
    }

    /// <summary>Tells the peer that nothing follows. Returns false if the connection is broken.</summary>
    private bool ShutDown()
    {
        OutputEnded = true;
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool TryReceiveSecured(TlsTransport tls, ByteQueue queue)
    {
        var goesOn = tls.TryReceive(descriptor, queue);
        WasReset = tls.WasReset;
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

    /// <summary>
    /// The socket has something to tell that nobody wants to hear just now – that it broke, or that both sides have ended –, and would go on telling it:
    /// it is left alone until something is watched for.
    /// </summary>
    protected void Park()
    {
        Unwatch();
        parked = true;
    }

    protected void Watch(uint events)
    {
        if (parked && events == 0)
        {
            return;
        }

        parked = false;
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
