namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Takes the responses of an upstream apart: bytes in, findings out. Knows neither sockets nor time, so that live and simulated
/// connections are read by the same code. The rules are those of Envoy's HTTP/1.1 codec.
/// </summary>
public sealed class Http1ResponseReader(Http1Settings settings)
{
    private readonly HeaderLineRules rules = HeaderLineRules.OfResponse(settings);
    private HeadScanner scanner;
    private BodyReader body;
    private bool expecting;
    private bool begun;
    private bool inBody;
    private HttpRequestKind kind;
    private bool isUpgrade;

    /// <summary>The response says that its connection takes no other request.</summary>
    public bool ClosesConnection { get; private set; }

    /// <summary>
    /// Why the connection ends after an error: <see cref="ResetReason.ProtocolError"/>; <see cref="ResetReason.ConnectionTermination"/> for
    /// the 408 with which a server announces that it closes an idle connection.
    /// </summary>
    public ResetReason Error { get; private set; }

    /// <summary>What it means that the peer closes the connection now.</summary>
    public Http1EndOfInput AtEndOfInput
    {
        get
        {
            if (inBody && body.IsUntilClose)
            {
                return Http1EndOfInput.EndsResponse;
            }

            return (inBody && !body.IsTunnel) || begun ? Http1EndOfInput.BreaksResponse : Http1EndOfInput.BetweenMessages;
        }
    }

    /// <summary>A request has gone out; its response comes next.</summary>
    public void Expect(HeaderMap request)
    {
        kind = HttpRequestKinds.Of(request);
        isUpgrade = UpgradeRequests.IsUpgrade(request);
        expecting = true;
        begun = inBody = false;
        ClosesConnection = false;
    }

    /// <summary>The next finding in the bytes that have come. After the end of the response no byte may follow.</summary>
    /// <param name="bytes">Everything received and not yet consumed.</param>
    /// <param name="map">An empty map; receives a head or trailers.</param>
    public Http1Event Next(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        if (!expecting)
        {
            return bytes.IsEmpty ? new Http1Event(Http1EventKind.NeedMore, 0) : Fail(IsTimeoutNotice(bytes));
        }

        var found = inBody ? body.Read(bytes, map, settings, rules) : ReadHead(bytes, map);
        if (found.Kind == Http1EventKind.Error)
        {
            return Fail(isNotice: false);
        }

        if (found.EndsMessage)
        {
            expecting = inBody = false;
        }

        return found;
    }

    private Http1Event ReadHead(ReadOnlySpan<byte> bytes, HeaderMap map)
    {
        var consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            begun = !rest.IsEmpty;
            if (begun && rest[0] != (byte)'H')
            {
                return new Http1Event(Http1EventKind.Error, 0);
            }

            var end = scanner.Find(rest);
            if ((end < 0 ? rest.Length : end) > settings.MaxHeadersKb * 1024)
            {
                return new Http1Event(Http1EventKind.Error, 0);
            }

            if (end < 0)
            {
                return new Http1Event(Http1EventKind.NeedMore, consumed);
            }

            map.Reset();
            if (!ReadBlock(rest[..end], map, out var status, out var isHttp11) || !StartBody(status, map))
            {
                return new Http1Event(Http1EventKind.Error, 0);
            }

            begun = false;
            consumed += end;
            if (status is 100 or 102 or 103 or 104)
            {
                return new Http1Event(Http1EventKind.Informational, consumed);
            }

            // Interim answers that nobody knows are passed over.
            if (status is 101 or >= 200)
            {
                ClosesConnection = AsksToClose(map, isHttp11);
                return new Http1Event(Http1EventKind.Head, consumed, EndStream: !inBody);
            }
        }
    }

    private bool ReadBlock(ReadOnlySpan<byte> block, HeaderMap map, out int status, out bool isHttp11)
    {
        status = 0;
        var line = HeaderLines.TakeLine(ref block);
        var blank = line.IndexOf((byte)' ');
        isHttp11 = line.StartsWith("HTTP/1.1"u8);
        if (blank < 0 || !RequestLine.IsVersion(line[..blank]))
        {
            return false;
        }

        var rest = line[blank..].TrimStart((byte)' ');
        if (rest.Length < 3 || (rest.Length > 3 && rest[3] != (byte)' '))
        {
            return false;
        }

        foreach (var digit in rest[..3])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            status = (10 * status) + digit - '0';
        }

        map.Add(HeaderName.Status, rest[..3]);
        return status >= 100 && HeaderLines.Read(block, map, rules) is null;
    }

    private bool StartBody(int status, HeaderMap map)
    {
        var framing = MessageFraming.Of(map, settings.AllowChunkedLength, out var length);
        if (framing is FramingKind.Invalid or FramingKind.UnknownCoding or FramingKind.Both)
        {
            return false;
        }

        if (status is < 200 or 204)
        {
            if (framing == FramingKind.Chunked || length > 0)
            {
                return false;
            }

            _ = map.Remove(HeaderName.ContentLength);
        }

        if ((isUpgrade && UpgradeRequests.IsUpgrade(map)) || (kind == HttpRequestKind.Connect && status is >= 200 and < 300))
        {
            body.StartTunnel();
        }
        else if (kind == HttpRequestKind.Head || status is < 200 or 204 or 304)
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
        }

        inBody = body.HasBody;
        return true;
    }

    /// <summary>HTTP/1.0 closes unless it says that it does not.</summary>
    private static bool AsksToClose(HeaderMap head, bool isHttp11)
    {
        var connection = head.Get(HeaderName.Connection);
        return (isHttp11 ? HopByHopHeaders.HasToken(connection, "close"u8) : !HopByHopHeaders.HasToken(connection, "keep-alive"u8))
            || HopByHopHeaders.HasToken(head.Get(HeaderName.ProxyConnection), "close"u8);
    }

    private static bool IsTimeoutNotice(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && bytes.StartsWith("HTTP/1."u8) && bytes[8..12].SequenceEqual(" 408"u8);

    private Http1Event Fail(bool isNotice)
    {
        Error = isNotice ? ResetReason.ConnectionTermination : ResetReason.ProtocolError;
        return new Http1Event(Http1EventKind.Error, 0);
    }
}

/// <summary>What it means for the response under way that its connection ends.</summary>
public enum Http1EndOfInput : byte
{
    /// <summary>No byte of a response has come, or what came is no HTTP any more: the connection is gone, no more.</summary>
    BetweenMessages,

    /// <summary>It is the end of the response's body.</summary>
    EndsResponse,

    /// <summary>The response is cut off: a protocol error.</summary>
    BreaksResponse,
}
