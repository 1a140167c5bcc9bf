using System.Threading.Tasks.Sources;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>
/// The stream under an SslStream: bytes between two queues, filled and emptied by the loop. A read that finds nothing ends when the loop
/// calls <see cref="Resume"/>; whatever awaits it runs then and there, in the loop's thread. Writes end at once.
/// </summary>
/// <param name="buffers">Where its queues have their memory from.</param>
internal sealed class LoopStream(BufferPool buffers) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> source;
    private Memory<byte> wanted;
    private bool waiting;

    /// <summary>What has come from the peer and was not read yet.</summary>
    public ByteQueue Incoming { get; } = new(buffers);

    /// <summary>What is to go to the peer.</summary>
    public ByteQueue Outgoing { get; } = new(buffers);

    /// <summary>The session is one of an earlier connection; null until this side has said so as a server.</summary>
    public bool? Resumes { get; private set; }

    /// <summary>Nothing more comes.</summary>
    public bool EndOfInput { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private bool HasSomething => Incoming.Length > 0 || EndOfInput;

    /// <summary>Lets a read that waits go on, if there is something for it.</summary>
    public void Resume()
    {
        if (waiting && HasSomething)
        {
            waiting = false;
            source.SetResult(Take(wanted.Span));
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HasSomething)
        {
            return new ValueTask<int>(Take(buffer.Span));
        }

        wanted = buffer;
        waiting = true;
        source.Reset();
        return new ValueTask<int>(this, source.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Send(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Send(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Send(buffer.AsSpan(offset, count));

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The loop does not wait.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);

    private void Send(ReadOnlySpan<byte> bytes)
    {
        Resumes ??= ServerHelloReader.Resumes(bytes);
        Outgoing.Append(bytes);
    }

    private int Take(Span<byte> target)
    {
        var count = Math.Min(target.Length, Incoming.Length);
        Incoming.Span[..count].CopyTo(target);
        Incoming.Consume(count);
        return count;
    }
}
