using System.Buffers.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Takes the responses of an upstream apart. Knows no sockets: bytes in, findings out.</summary>
internal sealed class ResponseReader
{
    private const int MaxHeaderBytes = 60 * 1024;

    private HeadScanner scanner;
    private BodyReader body;
    private bool inBody;
    private bool forHead;

    /// <summary>The connection cannot carry another request after this response.</summary>
    public bool ClosesConnection { get; private set; }

    /// <summary>The end of the connection would be the end of the body.</summary>
    public bool EndsWithConnection => inBody && body.IsUntilClose;

    /// <summary>A request has gone out; its response comes next.</summary>
    public void Expect(bool headRequest)
    {
        forHead = headRequest;
        inBody = false;
        ClosesConnection = false;
    }

    public MessageEvent Next(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        if (!inBody)
        {
            return ReadHead(bytes, map);
        }

        var found = body.Read(bytes, map);
        if (found.Kind == MessageEventKind.End || found.EndStream)
        {
            inBody = false;
        }

        return found;
    }

    private MessageEvent ReadHead(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        var consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            if (!rest.IsEmpty && rest[0] != (byte)'H')
            {
                return new MessageEvent(MessageEventKind.Error, consumed);
            }

            var end = scanner.Find(rest);
            if (end < 0)
            {
                return new MessageEvent(rest.Length > MaxHeaderBytes ? MessageEventKind.Error : MessageEventKind.NeedMore, consumed);
            }

            map.Reset();
            if (!ReadBlock(rest[..end], map, out var status))
            {
                return new MessageEvent(MessageEventKind.Error, consumed);
            }

            consumed += end;
            if (status is >= 100 and < 200 and not 101)
            {
                continue; // An interim answer; the final one follows.
            }

            return status == 101 || !StartBody(status, map)
                ? new MessageEvent(MessageEventKind.Error, consumed)
                : new MessageEvent(MessageEventKind.Head, consumed, EndStream: !inBody);
        }
    }

    private bool ReadBlock(ReadOnlySpan<byte> block, HeaderMap map, out int status)
    {
        status = 0;
        _ = HeaderLines.TakeLine(ref block, out var line);
        if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || line[8] != (byte)' ' || line[7] is not ((byte)'0' or (byte)'1'))
        {
            return false;
        }

        var digits = line[9..12];
        if (!Utf8Parser.TryParse(digits, out status, out var used) || used != 3 || status < 100 || (line.Length > 12 && line[12] != (byte)' '))
        {
            return false;
        }

        map.Add(HeaderName.Status, digits);
        if (!HeaderLines.Read(block, map, 10 * HttpConnectionManagerSnapshot.DefaultMaxHeadersCount, out _))
        {
            return false;
        }

        var connection = map.Get(HeaderName.Connection);
        ClosesConnection =
            System.Text.Ascii.EqualsIgnoreCase(connection, "close"u8)
            || (line[7] == (byte)'0' && !System.Text.Ascii.EqualsIgnoreCase(connection, "keep-alive"u8));
        return true;
    }

    private bool StartBody(int status, HeaderMap map)
    {
        var framing = Framing.Of(map, out var length);
        if (framing is FramingKind.Invalid or FramingKind.UnknownCoding)
        {
            return false;
        }

        if (status is 204)
        {
            if (framing == FramingKind.Chunked || length > 0)
            {
                return false;
            }

            _ = map.Remove(HeaderName.ContentLength);
        }

        if (forHead || status is 204 or 304)
        {
            body.StartNone();
        }
        else if (framing == FramingKind.Chunked)
        {
            body.StartChunked();
        }
        else if (framing == FramingKind.Sized)
        {
            body.StartSized(length);
        }
        else
        {
            body.StartUntilClose();
            ClosesConnection = true;
        }

        inBody = body.HasBody;
        return true;
    }
}
