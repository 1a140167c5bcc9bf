using System.Net.Security;
using System.Security.Authentication;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// TLS between a socket and the queues of a codec. .NET's SslStream does the cryptography over a <see cref="LoopStream"/>; everything runs
/// in the loop's thread and nothing waits: at most one read is outstanding, and it goes on when the loop has received something.
/// </summary>
internal sealed class TlsTransport : IDisposable
{
    /// <summary>Encrypted bytes beyond which no more are made before the socket has taken them.</summary>
    private const int WireWatermark = 64 * 1024;

    /// <summary>At least so much room for each read.</summary>
    private const int ReadSize = BufferPool.Size / 4;

    private const int ChunkSize = 16 * 1024;

    /// <summary>A read that is outstanding holds so much memory.</summary>
    private const int PlainSize = 4 * 1024;

    private readonly LoopStream wire;
    private readonly TlsPeer peer;
    private SslStream? ssl;
    private Task? handshaking;
    private byte[] plain = [];
    private ValueTask<int> read;
    private bool reading;
    private bool ended;
    private bool isShutDown;

    /// <param name="peer">Begins the handshake, and says what became of it.</param>
    /// <param name="buffers">Where queues have their memory from.</param>
    public TlsTransport(TlsPeer peer, BufferPool buffers)
    {
        this.peer = peer;
        wire = new LoopStream(buffers);
    }

    /// <summary>How the handshake ended; null before.</summary>
    public TlsHandshake? Handshake { get; private set; }

    /// <summary>Bytes of the codec may be sent and received.</summary>
    public bool IsOpen => Handshake is { Outcome: TlsOutcome.Done };

    /// <summary>Encrypted bytes that are not sent yet.</summary>
    public int Pending => wire.Outgoing.Length;

    /// <summary>The peer has said that it sends no more, behind bytes that were just received: to be asked for again.</summary>
    public bool HasEnded => ended;

    /// <summary>The connection broke without an end in order.</summary>
    public bool WasReset { get; private set; }

    /// <summary>Tells the peer, behind what is encrypted already, that nothing follows. To be called once all is encrypted.</summary>
    public void EndOutput()
    {
        isShutDown = true;
        try
        {
            _ = ssl!.ShutdownAsync();
        }
        catch (Exception e) when (IsOfPeer(e) || e is ObjectDisposedException)
        {
            // It is broken already, as whoever reads finds out.
        }
    }

    /// <summary>Takes bytes that were received before it was known that they are TLS, and lets the handshake go on.</summary>
    public void Begin(ReadOnlySpan<byte> received)
    {
        wire.Incoming.Append(received);
        Advance();
    }

    /// <summary>Sends what the socket takes. Returns false if the connection is broken.</summary>
    public bool TrySend(int descriptor, ByteQueue output)
    {
        while (true)
        {
            while (IsOpen && output.Length > 0 && wire.Outgoing.Length < WireWatermark)
            {
                if (!Encrypt(output))
                {
                    return false;
                }
            }

            if (wire.Outgoing.Length == 0)
            {
                wire.Outgoing.Release();
                return true;
            }

            var sent = NativeSocket.Send(descriptor, wire.Outgoing.Span);
            if (sent < 0)
            {
                return sent == NativeSocket.WouldBlock;
            }

            wire.Outgoing.Consume(sent);
        }
    }

    /// <summary>Takes what has come; the handshake, as long as it is not over, goes on. Returns false if nothing will come any more.</summary>
    public bool TryReceive(int descriptor, ByteQueue input)
    {
        if (!ended)
        {
            var received = NativeSocket.Receive(descriptor, wire.Incoming.Free(ReadSize));
            wire.Incoming.Grow(Math.Max(0, received));
            wire.EndOfInput |= received is not (> 0 or NativeSocket.WouldBlock);
            WasReset |= received < 0 && received != NativeSocket.WouldBlock;
            Advance();
        }

        return Decrypt(input);
    }

    /// <summary>Takes what is decrypted already, or can be. Returns false if nothing will come any more and nothing was there.</summary>
    public bool Decrypt(ByteQueue input)
    {
        if (!IsOpen)
        {
            return !wire.EndOfInput;
        }

        var before = input.Length;
        try
        {
            while (!ended && TryRead(out var count))
            {
                input.Append(plain.AsSpan(0, count));
                ended = count == 0;
            }
        }
        catch (Exception e) when (IsOfPeer(e))
        {
            ended = true;
        }

        wire.Incoming.Release();
        return !ended || input.Length > before;
    }

    /// <summary>Tells the peer that the connection ends, as far as the socket takes it.</summary>
    public void Shutdown(int descriptor)
    {
        try
        {
            if (IsOpen && !isShutDown)
            {
                _ = ssl!.ShutdownAsync();
            }

            if (wire.Outgoing.Length > 0)
            {
                _ = NativeSocket.Send(descriptor, wire.Outgoing.Span);
            }
        }
        catch (Exception e) when (IsOfPeer(e) || e is ObjectDisposedException)
        {
            // It is broken already.
        }
    }

    public void Dispose() => ssl?.Dispose();

    private static bool IsOfPeer(Exception e) => e is IOException or AuthenticationException;

    /// <summary>The handshake goes as far as it can.</summary>
    private void Advance()
    {
        if (Handshake is not null)
        {
            wire.Resume();
            return;
        }

        if (handshaking is null)
        {
            var found = peer.TryBegin(wire, out handshaking, out ssl);
            if (found is not null)
            {
                Handshake = found;
            }
            else if (handshaking is null && wire.EndOfInput)
            {
                Handshake = TlsHandshake.Abandoned;
            }
        }
        else
        {
            wire.Resume();
        }

        if (handshaking is { IsCompleted: true })
        {
            Handshake = peer.Conclude(handshaking, ssl!, wire);
        }
    }

    /// <summary>False if nothing is there yet: the read stays outstanding.</summary>
    private bool TryRead(out int count)
    {
        if (!reading)
        {
            if (plain.Length == 0)
            {
                plain = new byte[PlainSize];
            }

            Keep(ssl!.ReadAsync(plain));
        }

        count = 0;
        if (!read.IsCompleted)
        {
            return false;
        }

        reading = false;
        count = read.GetAwaiter().GetResult();
        return true;
    }

    private void Keep(ValueTask<int> outstanding)
    {
        read = outstanding;
        reading = true;
    }

    private bool Encrypt(ByteQueue output)
    {
        try
        {
            var chunk = output.Memory[..Math.Min(output.Length, ChunkSize)];
            var write = ssl!.WriteAsync(chunk);
            if (!write.IsCompleted)
            {
                throw new InvalidOperationException("A write into memory does not wait.");
            }

            write.GetAwaiter().GetResult();
            output.Consume(chunk.Length);
            return true;
        }
        catch (Exception e) when (IsOfPeer(e) || e is ObjectDisposedException)
        {
            return false;
        }
    }
}
