namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Takes requests apart on one connection, one after the other: bytes in, findings out. Knows neither sockets nor time, so that live
/// and simulated connections are read by the same code. The rules are those of Envoy's HTTP/1.1 codec.
/// </summary>
/// <param name="isTls">The connection is encrypted.</param>
public sealed class Http1RequestReader(Http1Settings settings, bool isTls = false)
{
    private readonly HeaderLineRules rules = HeaderLineRules.OfRequest(settings);
    private HeadScanner scanner;
    private BodyReader body;
    private bool inBody;
    private bool begun;
    private bool lineChecked;

    /// <summary>Why the last finding was an error.</summary>
    public RequestError Error { get; private set; }

    /// <summary>The last head said HTTP/1.0, or another version that is not 1.1: its answer is neither chunked nor, unless asked for, followed by another.</summary>
    public bool IsHttp10 { get; private set; }

    /// <summary>What comes is no HTTP any more: an upgrade, or CONNECT. It ends with the connection only.</summary>
    public bool IsTunnel => inBody && body.IsTunnel;

    /// <summary>The next finding in the bytes that have come.</summary>
    /// <param name="bytes">Everything received and not yet consumed.</param>
    /// <param name="map">An empty map; receives a head or trailers.</param>
    public Http1Event Next(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        if (!inBody)
        {
            return ReadHead(bytes, map);
        }

        var found = body.Read(bytes, map, settings, rules);
        if (found.Kind == Http1EventKind.Error)
        {
            return Fail(body.Error);
        }

        inBody = !found.EndsMessage;
        return found;
    }

    private Http1Event ReadHead(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        // Line ends before a request are passed over, but a request has begun with them.
        var skipped = bytes.IndexOfAnyExcept((byte)'\r', (byte)'\n');
        skipped = skipped < 0 ? bytes.Length : skipped;
        var head = bytes[skipped..];
        if (!head.IsEmpty && !HeaderLines.IsToken(head[..1]))
        {
            return Fail(RequestError.Malformed);
        }

        var end = scanner.Find(head);
        if (end < 0)
        {
            return Wait(head, skipped, bytes.Length);
        }

        if (end > settings.MaxHeadersKb * 1024)
        {
            return Fail(FirstLineError(head) ?? RequestError.HeadersTooLarge);
        }

        begun = lineChecked = false;
        return ReadBlock(head[..end], map) is { } error ? Fail(error) : new Http1Event(Http1EventKind.Head, skipped + end, EndStream: !inBody);
    }

    /// <summary>The head is not complete; that it will never be a good one may be clear already.</summary>
    private Http1Event Wait(ReadOnlySpan<byte> head, int skipped, int received)
    {
        if (FirstLineError(head) is { } error)
        {
            return Fail(error);
        }

        if (head.Length >= settings.MaxHeadersKb * 1024)
        {
            return Fail(RequestError.HeadersTooLarge);
        }

        if (!begun && received > 0)
        {
            begun = true;
            return new Http1Event(Http1EventKind.Begin, skipped);
        }

        return new Http1Event(Http1EventKind.NeedMore, skipped);
    }

    /// <summary>The request line is judged as soon as it is there, unless it goes beyond the limit itself.</summary>
    private RequestError? FirstLineError(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, settings.MaxHeadersKb * 1024)];
        if (lineChecked || !head.Contains((byte)'\n'))
        {
            return null;
        }

        lineChecked = true;
        if (!RequestLine.TryParse(HeaderLines.TakeLine(ref head), settings.AllowCustomMethods, out var line))
        {
            return RequestError.Malformed;
        }

        // Nothing follows the first line of HTTP/0.9.
        return line.Version.IsEmpty ? RequestError.LowVersion : null;
    }

    private RequestError? ReadBlock(ReadOnlySpan<byte> block, HeaderMap map)
    {
        if (!RequestLine.TryParse(HeaderLines.TakeLine(ref block), settings.AllowCustomMethods, out var line))
        {
            return RequestError.Malformed;
        }

        if (line.Version.IsEmpty)
        {
            return RequestError.LowVersion;
        }

        map.Add(HeaderName.Method, line.Method);
        if (HeaderLines.Read(block, map, rules) is { } badLine)
        {
            return badLine;
        }

        ConnectionHeader.DropH2cUpgrade(map);
        if (StartBody(map, line.IsConnect) is { } badLength)
        {
            return badLength;
        }

        if (!IsTunnel && !ConnectionHeader.IsAcceptable(map))
        {
            return RequestError.ConnectionHeaderRejected;
        }

        if (RequestTarget.Apply(line, map, settings, isTls) is { } badTarget)
        {
            return badTarget;
        }

        IsHttp10 = !line.IsHttp11;
        if (IsHttp10 && !settings.AcceptHttp10)
        {
            return RequestError.LowVersion;
        }

        if (IsHttp10 && settings.DefaultHostForHttp10.Length > 0 && !map.Contains(HeaderName.Authority))
        {
            map.Set(HeaderName.Authority, LocalReply.Text(settings.DefaultHostForHttp10));
        }

        return HostHeader.IsValid(map.Get(HeaderName.Authority)) ? null : RequestError.InvalidAuthority;
    }

    private RequestError? StartBody(HeaderMap map, bool isConnect)
    {
        var framing = MessageFraming.Of(map, settings.AllowChunkedLength, out var length);
        if (framing == FramingKind.Invalid)
        {
            return RequestError.Malformed;
        }

        if (isConnect && map.Contains(HeaderName.ContentLength) && (framing != FramingKind.Sized || length > 0))
        {
            return RequestError.BodyDisallowed;
        }

        if (framing == FramingKind.Both)
        {
            return RequestError.ContentLengthAndChunked;
        }

        if (framing == FramingKind.UnknownCoding || (isConnect && framing == FramingKind.Chunked))
        {
            return RequestError.InvalidTransferEncoding;
        }

        if (isConnect)
        {
            _ = map.Remove(HeaderName.ContentLength);
            body.StartTunnel();
        }
        else if (UpgradeRequests.IsUpgrade(map))
        {
            body.StartTunnel();
        }
        else if (framing == FramingKind.Chunked)
        {
            body.StartChunked();
        }
        else
        {
            body.StartSized(length);
        }

        inBody = body.HasBody;
        return null;
    }

    private Http1Event Fail(RequestError error)
    {
        Error = error;
        return new Http1Event(Http1EventKind.Error, 0);
    }
}
