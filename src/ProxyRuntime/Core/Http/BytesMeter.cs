namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// How many bytes one side of a request takes on the wire, counted as Envoy's HTTP/1.1 codec counts them: of headers only the lines,
/// altogether also the first line, the empty one and what frames the body.
/// </summary>
/// <remarks>
/// What comes in is taken to be written as plainly as what goes out: one blank behind the colon, one chunk for each piece of body the
/// driver hands in.
/// </remarks>
public sealed class BytesMeter
{
    private const int LineEnd = 2;
    private const int ColonAndBlank = 2;
    private const int LastChunk = 3;
    private const int HostLength = 4;
    private bool sendsChunks;
    private bool receivesChunks;

    public long WireBytesSent { get; private set; }

    public long WireBytesReceived { get; private set; }

    /// <summary>Headers and trailers that were sent.</summary>
    public long HeaderBytesSent { get; private set; }

    /// <summary>Headers and trailers that came.</summary>
    public long HeaderBytesReceived { get; private set; }

    internal void Clear()
    {
        WireBytesSent = WireBytesReceived = HeaderBytesSent = HeaderBytesReceived = 0;
        sendsChunks = receivesChunks = false;
    }

    internal void CopyFrom(BytesMeter other)
    {
        WireBytesSent = other.WireBytesSent;
        WireBytesReceived = other.WireBytesReceived;
        HeaderBytesSent = other.HeaderBytesSent;
        HeaderBytesReceived = other.HeaderBytesReceived;
        sendsChunks = other.sendsChunks;
        receivesChunks = other.receivesChunks;
    }

    internal void RequestReceived(HeaderMap head)
    {
        receivesChunks = head.Contains(HeaderName.TransferEncoding);
        HeadReceived(head, RequestLine(head));
    }

    internal void RequestSent(HeaderMap head, bool endStream)
    {
        HeadSent(head, RequestLine(head));
        var method = head.Get(HeaderName.Method);
        if (!method.SequenceEqual("CONNECT"u8) && !UpgradeRequests.IsUpgrade(head))
        {
            Frame(head, endStream, length: !HttpMethods.HasNoBody(method), chunks: true);
        }
    }

    internal void ResponseReceived(HeaderMap head)
    {
        receivesChunks = head.Contains(HeaderName.TransferEncoding);
        HeadReceived(head, StatusLine(head.StatusCode()));
    }

    /// <param name="kind">What it answers.</param>
    /// <param name="toHttp10">The client takes no chunks: without a length the response ends with its connection.</param>
    internal void ResponseSent(HeaderMap head, bool endStream, HttpRequestKind kind, bool toHttp10 = false)
    {
        var status = head.StatusCode();
        HeadSent(head, StatusLine(status));
        var isEmpty = endStream && kind != HttpRequestKind.Head;
        if (status is >= 200 and not (204 or 304) && (isEmpty || !toHttp10) && (endStream || kind != HttpRequestKind.Connect || status >= 300))
        {
            Frame(head, isEmpty, length: true, chunks: kind != HttpRequestKind.Head);
        }
    }

    internal void DataSent(long bytes, bool endStream)
    {
        WireBytesSent += bytes;
        if (sendsChunks)
        {
            WireBytesSent += (bytes > 0 ? ChunkFrame(bytes) : 0) + (endStream ? LastChunk + LineEnd : 0);
        }
    }

    internal void DataReceived(long bytes, bool endStream)
    {
        WireBytesReceived += bytes;
        if (receivesChunks)
        {
            WireBytesReceived += (bytes > 0 ? ChunkFrame(bytes) : 0) + (endStream ? LastChunk + LineEnd : 0);
        }
    }

    /// <summary>Only a chunked message has room for trailers, and only where enable_trailers allows them.</summary>
    internal void TrailersSent(HeaderMap trailers, bool enabled)
    {
        if (!sendsChunks)
        {
            return;
        }

        WireBytesSent += LastChunk + LineEnd;
        if (enabled)
        {
            var (bytes, lines) = Measure(trailers);
            HeaderBytesSent += bytes + (lines * (ColonAndBlank + LineEnd));
            WireBytesSent += bytes + (lines * (ColonAndBlank + LineEnd));
        }
    }

    internal void TrailersReceived(HeaderMap trailers)
    {
        var (bytes, lines) = Measure(trailers);
        HeaderBytesReceived += bytes + (lines * (1 + LineEnd));
        WireBytesReceived += LastChunk + bytes + (lines * (ColonAndBlank + LineEnd)) + LineEnd;
    }

    private void HeadReceived(HeaderMap head, int firstLine)
    {
        // Envoy counts the colon of what it reads, but not the blank behind it.
        var (bytes, lines) = Measure(head);
        HeaderBytesReceived += bytes + (lines * (1 + LineEnd));
        WireBytesReceived += firstLine + bytes + (lines * (ColonAndBlank + LineEnd)) + LineEnd;
    }

    private void HeadSent(HeaderMap head, int firstLine)
    {
        sendsChunks = false;
        var (bytes, lines) = Measure(head);
        HeaderBytesSent += bytes + (lines * (ColonAndBlank + LineEnd));
        WireBytesSent += firstLine + bytes + (lines * (ColonAndBlank + LineEnd)) + LineEnd;
    }

    /// <summary>What the codec adds to a head without content-length.</summary>
    private void Frame(HeaderMap head, bool endStream, bool length, bool chunks)
    {
        if (head.Contains(HeaderName.ContentLength))
        {
            return;
        }

        sendsChunks = !endStream && chunks;
        var added = endStream
            ? length
                ? "content-length: 0\r\n".Length
                : 0
            : "transfer-encoding: chunked\r\n".Length;
        HeaderBytesSent += added;
        WireBytesSent += added;
    }

    private static int RequestLine(HeaderMap head) => head.Get(HeaderName.Method).Length + 1 + Target(head).Length + " HTTP/1.1\r\n".Length;

    private static ReadOnlySpan<byte> Target(HeaderMap head) =>
        head.Get(head.Get(HeaderName.Method).SequenceEqual("CONNECT"u8) ? HeaderName.Authority : HeaderName.Path);

    private static int StatusLine(int status) => "HTTP/1.1 200 \r\n".Length + ReasonPhrases.Of(status).Length;

    /// <summary>Names and values of the lines of a head or of trailers, <c>host</c> among them, and how many lines they are.</summary>
    private static (long Bytes, int Lines) Measure(HeaderMap head)
    {
        var bytes = 0L;
        var lines = 0;
        for (var i = 0; i < head.Count; i++)
        {
            var field = head[i];
            if (!field.IsPseudo)
            {
                bytes += field.Name.Length + field.Value.Length;
                lines++;
            }
            else if (field.Id == HeaderName.Authority.Id)
            {
                bytes += HostLength + field.Value.Length;
                lines++;
            }
        }

        return (bytes, lines);
    }

    /// <summary>Size in hexadecimal, and two line ends.</summary>
    private static int ChunkFrame(long bytes) => ((64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)bytes) + 3) / 4) + (2 * LineEnd);
}
