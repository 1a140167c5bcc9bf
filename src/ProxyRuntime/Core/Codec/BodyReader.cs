namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads the body of a message: of known length, in chunks, until the connection closes, or bytes that are HTTP no more.</summary>
internal struct BodyReader
{
    /// <summary>Bound on a chunk's size with its extension, and on what stands between a chunk and its line end.</summary>
    private const int MaxChunkLine = 4096;

    private HeadScanner trailerScanner;
    private State state;
    private long remaining;

    private enum State : byte
    {
        None,
        Sized,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        UntilClose,
        Tunnel,
    }

    public readonly bool HasBody => state != State.None;

    public readonly bool IsUntilClose => state == State.UntilClose;

    /// <summary>An upgrade or CONNECT: bytes of another protocol, which end with the connection and do not make a message.</summary>
    public readonly bool IsTunnel => state == State.Tunnel;

    /// <summary>Why the last finding was an error.</summary>
    public RequestError Error { get; private set; }

    public void StartNone() => state = State.None;

    public void StartSized(long length) => (state, remaining) = (length == 0 ? State.None : State.Sized, length);

    public void StartChunked() => state = State.ChunkSize;

    public void StartUntilClose() => state = State.UntilClose;

    public void StartTunnel() => state = State.Tunnel;

    /// <param name="trailers">Receives the trailer lines of a chunked body.</param>
    public Http1Event Read(ReadOnlySpan<byte> bytes, HeaderMap trailers, Http1Settings settings, in HeaderLineRules rules)
    {
        var consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            if (rest.IsEmpty)
            {
                return new Http1Event(Http1EventKind.NeedMore, consumed);
            }

            switch (state)
            {
                case State.ChunkSize:
                case State.ChunkEnd:
                    var length = FindLineEnd(rest, out var line);
                    if (length == 0)
                    {
                        return new Http1Event(Http1EventKind.NeedMore, consumed);
                    }

                    if (length < 0 || (state == State.ChunkSize && !StartChunk(line)))
                    {
                        return Fail(RequestError.Malformed);
                    }

                    // What stands between a chunk and the end of its line is passed over, as Envoy does.
                    state = state == State.ChunkEnd ? State.ChunkSize : state;
                    consumed += length;
                    break;
                case State.Trailers:
                    return ReadTrailers(rest, consumed, trailers, settings, rules);
                default:
                    return TakeData(rest, consumed);
            }
        }
    }

    private Http1Event TakeData(ReadOnlySpan<byte> rest, int consumed)
    {
        if (state is State.UntilClose or State.Tunnel)
        {
            return new Http1Event(Http1EventKind.Data, consumed + rest.Length, consumed, rest.Length);
        }

        var count = (int)Math.Min(rest.Length, remaining);
        remaining -= count;
        var ended = remaining == 0 && state == State.Sized;
        if (remaining == 0)
        {
            state = ended ? State.None : State.ChunkEnd;
        }

        return new Http1Event(Http1EventKind.Data, consumed + count, consumed, count, ended);
    }

    /// <summary>Length of the first line with its CRLF; 0 if it is not all there, −1 if it ends in bare LF or is too long.</summary>
    private static int FindLineEnd(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = default;
        var lf = rest.IndexOf((byte)'\n');
        if (lf < 0)
        {
            return rest.Length > MaxChunkLine ? -1 : 0;
        }

        if (lf == 0 || rest[lf - 1] != (byte)'\r')
        {
            return -1;
        }

        line = rest[..(lf - 1)];
        return lf + 1;
    }

    private bool StartChunk(ReadOnlySpan<byte> line)
    {
        if (line.Contains((byte)'\r') || !ParseHex(line, out remaining))
        {
            return false;
        }

        state = remaining == 0 ? State.Trailers : State.ChunkData;
        return true;
    }

    private Http1Event ReadTrailers(ReadOnlySpan<byte> rest, int consumed, HeaderMap trailers, Http1Settings settings, in HeaderLineRules rules)
    {
        if (rest.StartsWith("\r\n"u8))
        {
            state = State.None;
            return new Http1Event(Http1EventKind.End, consumed + 2);
        }

        if (rest[0] == (byte)'\n')
        {
            return Fail(RequestError.Malformed);
        }

        var end = trailerScanner.Find(rest);
        if ((end < 0 ? rest.Length : end) > settings.MaxHeadersKb * 1024)
        {
            return Fail(RequestError.HeadersTooLarge);
        }

        if (end < 0)
        {
            return new Http1Event(Http1EventKind.NeedMore, consumed);
        }

        // Trailers that nobody wants are only looked through.
        if (HeaderLines.Read(rest[..end], settings.EnableTrailers ? trailers : null, rules) is { } error)
        {
            return Fail(error);
        }

        state = State.None;
        return new Http1Event(settings.EnableTrailers ? Http1EventKind.Trailers : Http1EventKind.End, consumed + end);
    }

    private Http1Event Fail(RequestError error)
    {
        Error = error;
        return new Http1Event(Http1EventKind.Error, 0);
    }

    /// <summary>Hexadecimal digits, then blanks or an extension; nothing before them.</summary>
    private static bool ParseHex(ReadOnlySpan<byte> line, out long value)
    {
        value = 0;
        var at = 0;
        for (; at < line.Length && char.IsAsciiHexDigit((char)line[at]); at++)
        {
            if (value > (long.MaxValue >> 4))
            {
                return false;
            }

            value = (value << 4) | (long)(uint)HexValue(line[at]);
        }

        var rest = line[at..].TrimStart(" \t"u8);
        return at > 0 && (rest.IsEmpty || rest[0] == (byte)';');
    }

    private static int HexValue(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
