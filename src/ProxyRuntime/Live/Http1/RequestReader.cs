using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Takes requests apart on one connection, one after the other. Knows no sockets: bytes in, findings out.</summary>
internal sealed class RequestReader(int maxHeaderBytes, int maxHeaders)
{
    private HeadScanner scanner;
    private BodyReader body;
    private bool inBody;

    /// <summary>Why the last finding was an error.</summary>
    public RequestError Error { get; private set; }

    /// <param name="bytes">Everything received and not yet consumed.</param>
    /// <param name="map">Receives the head, or the trailers, as far as they are found.</param>
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
        else if (found.Kind == MessageEventKind.Error)
        {
            Error = RequestError.Malformed;
        }

        return found;
    }

    private MessageEvent ReadHead(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        // An empty line before a request is passed over.
        var skipped = bytes.StartsWith("\r\n"u8) ? 2 : 0;
        var head = bytes[skipped..];
        if (!head.IsEmpty && !HeaderLines.IsToken(head[..1]))
        {
            return Fail(RequestError.Malformed);
        }

        var end = scanner.Find(head);
        if (end < 0 || end > maxHeaderBytes)
        {
            return (end < 0 ? head.Length : end) > maxHeaderBytes ? Fail(RequestError.HeadersTooLarge) : new MessageEvent(MessageEventKind.NeedMore, skipped);
        }

        var block = head[..end];
        _ = HeaderLines.TakeLine(ref block, out var line);
        if (!ReadRequestLine(line, map, out var version))
        {
            return Fail(RequestError.Malformed);
        }

        if (!HeaderLines.Read(block, map, maxHeaders, out var tooMany))
        {
            return Fail(tooMany ? RequestError.TooManyHeaders : RequestError.Malformed);
        }

        if (version == 0)
        {
            return Fail(RequestError.LowVersion);
        }

        return StartBody(map) is { } error ? Fail(error) : new MessageEvent(MessageEventKind.Head, skipped + end, EndStream: !inBody);
    }

    private RequestError? StartBody(HeaderMap map)
    {
        var framing = Framing.Of(map, out var length);
        switch (framing)
        {
            case FramingKind.Invalid:
                return RequestError.Malformed;
            case FramingKind.UnknownCoding:
                return RequestError.InvalidTransferEncoding;
            case FramingKind.Chunked:
                body.StartChunked();
                break;
            default:
                body.StartSized(length);
                break;
        }

        inBody = body.HasBody;
        return null;
    }

    private static bool ReadRequestLine(ReadOnlySpan<byte> line, HeaderMap map, out int version)
    {
        version = 1;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first)
        {
            return false;
        }

        var method = line[..first];
        var target = line[(first + 1)..last];
        var protocol = line[(last + 1)..];
        if (!Methods.IsKnown(method) || target.IsEmpty || target.Contains((byte)' ') || target.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0)
        {
            return false;
        }

        version =
            protocol.SequenceEqual("HTTP/1.1"u8) ? 1
            : protocol.SequenceEqual("HTTP/1.0"u8) ? 0
            : -1;
        map.Add(HeaderName.Method, method);
        if (version < 0 || !(target[0] == (byte)'/' || (target.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8))))
        {
            return version >= 0 && ReadAbsoluteTarget(target, map);
        }

        map.Add(HeaderName.Path, target);
        return true;
    }

    /// <summary><c>http://host/path</c>: its host takes the place of the host header, which is dropped when it comes.</summary>
    private static bool ReadAbsoluteTarget(ReadOnlySpan<byte> target, HeaderMap map)
    {
        if (!target.StartsWith("http://"u8) || target.Length == 7)
        {
            return false;
        }

        var rest = target[7..];
        var slash = rest.IndexOfAny((byte)'/', (byte)'?');
        map.Add(HeaderName.Path, slash < 0 ? "/"u8 : rest[slash..]);
        map.Add(HeaderName.Authority, slash < 0 ? rest : rest[..slash]);
        return true;
    }

    private MessageEvent Fail(RequestError error)
    {
        Error = error;
        return new MessageEvent(MessageEventKind.Error, 0);
    }
}

/// <summary>The methods that HTTP/1.1 parsers of Envoy know; others are refused unless allowed by configuration.</summary>
internal static class Methods
{
    private static readonly byte[][] Known =
    [
        .. new[]
        {
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "CONNECT",
            "OPTIONS",
            "TRACE",
            "PATCH",
            "COPY",
            "LOCK",
            "MKCOL",
            "MOVE",
            "PROPFIND",
            "PROPPATCH",
            "SEARCH",
            "UNLOCK",
            "BIND",
            "REBIND",
            "UNBIND",
            "ACL",
            "REPORT",
            "MKACTIVITY",
            "CHECKOUT",
            "MERGE",
            "M-SEARCH",
            "NOTIFY",
            "SUBSCRIBE",
            "UNSUBSCRIBE",
            "PURGE",
            "MKCALENDAR",
            "LINK",
            "UNLINK",
            "SOURCE",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    public static bool IsKnown(ReadOnlySpan<byte> method)
    {
        foreach (var known in Known)
        {
            if (method.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }
}
