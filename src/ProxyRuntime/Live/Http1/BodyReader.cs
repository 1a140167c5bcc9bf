using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Reads the body of a message: of known length, in chunks, or until the connection closes.</summary>
internal struct BodyReader
{
    private const int MaxChunkLine = 4096;
    private const int MaxTrailerBytes = 64 * 1024;

    private State state;
    private long remaining;

    private enum State
    {
        None,
        Sized,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        UntilClose,
    }

    public readonly bool IsUntilClose => state == State.UntilClose;

    public void StartNone() => state = State.None;

    public void StartSized(long length) => (state, remaining) = (length == 0 ? State.None : State.Sized, length);

    public void StartChunked() => state = State.ChunkSize;

    public void StartUntilClose() => state = State.UntilClose;

    public readonly bool HasBody => state != State.None;

    /// <param name="trailers">Receives the trailer lines of a chunked body.</param>
    public MessageEvent Read(ReadOnlySpan<byte> bytes, HeaderMap trailers)
    {
        var consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            switch (state)
            {
                case State.None:
                    return new MessageEvent(MessageEventKind.End, consumed);
                case State.Sized:
                case State.ChunkData:
                case State.UntilClose:
                    return rest.IsEmpty ? new MessageEvent(MessageEventKind.NeedMore, consumed) : TakeData(rest, consumed);
                case State.ChunkSize:
                    if (!ReadChunkSize(rest, ref consumed, out var failed))
                    {
                        return new MessageEvent(failed ? MessageEventKind.Error : MessageEventKind.NeedMore, consumed);
                    }

                    break;
                case State.ChunkEnd:
                    var lf = rest.IndexOf((byte)'\n');
                    if (lf < 0)
                    {
                        return new MessageEvent(rest.Length > MaxChunkLine ? MessageEventKind.Error : MessageEventKind.NeedMore, consumed);
                    }

                    consumed += lf + 1;
                    state = State.ChunkSize;
                    break;
                default:
                    return ReadTrailers(rest, consumed, trailers);
            }
        }
    }

    private MessageEvent TakeData(ReadOnlySpan<byte> rest, int consumed)
    {
        if (state == State.UntilClose)
        {
            return new MessageEvent(MessageEventKind.Data, consumed + rest.Length, consumed, rest.Length);
        }

        var count = (int)Math.Min(rest.Length, remaining);
        remaining -= count;
        var ended = remaining == 0 && state == State.Sized;
        if (remaining == 0)
        {
            state = state == State.Sized ? State.None : State.ChunkEnd;
        }

        return new MessageEvent(MessageEventKind.Data, consumed + count, consumed, count, ended);
    }

    private bool ReadChunkSize(ReadOnlySpan<byte> rest, ref int consumed, out bool failed)
    {
        failed = false;
        var lf = rest.IndexOf((byte)'\n');
        if (lf < 0)
        {
            failed = rest.Length > MaxChunkLine;
            return false;
        }

        var line = rest[..lf];
        failed = !line.EndsWith("\r"u8) || line[..^1].Contains((byte)'\r') || !ParseHex(line[..^1], out remaining);
        if (failed)
        {
            return false;
        }

        consumed += lf + 1;
        state = remaining == 0 ? State.Trailers : State.ChunkData;
        return true;
    }

    private MessageEvent ReadTrailers(ReadOnlySpan<byte> rest, int consumed, HeaderMap trailers)
    {
        if (rest.StartsWith("\r\n"u8))
        {
            state = State.None;
            return new MessageEvent(MessageEventKind.End, consumed + 2);
        }

        var end = default(HeadScanner).Find(rest);
        if (end < 0)
        {
            return new MessageEvent(rest.Length > MaxTrailerBytes ? MessageEventKind.Error : MessageEventKind.NeedMore, consumed);
        }

        if (!HeaderLines.Read(rest[..end], trailers, HttpConnectionManagerSnapshot.DefaultMaxHeadersCount, out _))
        {
            return new MessageEvent(MessageEventKind.Error, consumed);
        }

        state = State.None;
        return new MessageEvent(MessageEventKind.End, consumed + end);
    }

    /// <summary>Hexadecimal digits, then blanks or an extension; nothing before them.</summary>
    private static bool ParseHex(ReadOnlySpan<byte> line, out long value)
    {
        value = 0;
        var at = 0;
        for (; at < line.Length && Digit(line[at]) is var digit and >= 0; at++)
        {
            if (value > (long.MaxValue >> 4))
            {
                return false;
            }

            value = (value << 4) | (long)digit;
        }

        var rest = line[at..].TrimStart(" \t"u8);
        return at > 0 && (rest.IsEmpty || rest[0] == (byte)';');
    }

    private static int Digit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}
