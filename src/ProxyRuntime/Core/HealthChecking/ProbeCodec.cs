namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What a connection for health checks says and hears as bytes: HTTP/1.1, or bytes as they are. Knows neither sockets nor time, so that
/// live and simulated connections are read by the same code.
/// </summary>
public sealed class ProbeCodec
{
    private readonly ByteQueue input;
    private readonly ByteQueue output;
    private readonly Http1ResponseReader? reader;
    private readonly Http1Writer writer;
    private ProbeEvent? next;
    private bool isClosed;

    /// <param name="protocol">HTTP/1.1 or raw; see <see cref="Speaks"/>.</param>
    /// <param name="input">What has been received; read from here.</param>
    /// <param name="output">What is to be sent; written here.</param>
    public ProbeCodec(ProbeProtocol protocol, Http1Settings settings, ByteQueue input, ByteQueue output)
    {
        if (!Speaks(protocol))
        {
            throw new NotSupportedException($"There is no codec for health checks by {protocol}.");
        }

        this.input = input;
        this.output = output;
        reader = protocol == ProbeProtocol.Http1 ? new Http1ResponseReader(settings) : null;
        writer = new Http1Writer(output, settings);
    }

    /// <summary>The peer will send nothing more.</summary>
    public bool InputEnded { get; set; }

    /// <summary>Whether a protocol can be written and read here. HTTP/2 cannot yet.</summary>
    public static bool Speaks(ProbeProtocol protocol) => protocol is ProbeProtocol.Http1 or ProbeProtocol.Raw;

    /// <summary>Writes what <see cref="EffectKind.SendProbe"/> asks for.</summary>
    public void Send(in Effect effect)
    {
        if (effect.Head is not { } head)
        {
            output.Append(effect.Body.Span);
            return;
        }

        reader!.Expect(head);
        writer.WriteRequestHead(head, effect.EndStream);
        if (!effect.EndStream)
        {
            writer.WriteData(effect.Body.Span, endStream: true);
        }
    }

    /// <summary>The next finding in what has come. After <see cref="ProbeEventKind.Closed"/> there is none.</summary>
    public bool TryNext(out ProbeEvent found)
    {
        if (next is { } waiting)
        {
            next = null;
            found = waiting;
            return true;
        }

        found = default;
        if (isClosed || !(reader is null ? TryRaw(out found) : TryHttp(reader, out found)))
        {
            return false;
        }

        isClosed |= found.Kind == ProbeEventKind.Closed;
        return true;
    }

    private bool TryRaw(out ProbeEvent found)
    {
        found = new ProbeEvent(ProbeEventKind.Closed);
        if (input.Length == 0)
        {
            return InputEnded;
        }

        found = new ProbeEvent(ProbeEventKind.Data) { Content = input.Memory };
        input.Consume(input.Length);
        return true;
    }

    private bool TryHttp(Http1ResponseReader from, out ProbeEvent found)
    {
        var map = new HeaderMap();
        while (true)
        {
            var read = from.Next(input.Span, map);
            var content = input.Memory.Slice(read.Offset, read.Count);
            input.Consume(read.Consumed);
            switch (read.Kind)
            {
                case Http1EventKind.NeedMore:
                    found = End(from);
                    return InputEnded;
                case Http1EventKind.Informational:
                    map.Reset();
                    break;
                case Http1EventKind.Head:
                    found = Head(from, map, read.EndStream);
                    return true;
                case Http1EventKind.Trailers:
                    found = new ProbeEvent(ProbeEventKind.Trailers) { Head = map };
                    return true;
                case Http1EventKind.Error:
                    found = new ProbeEvent(ProbeEventKind.Closed);
                    return true;
                default:
                    found = new ProbeEvent(ProbeEventKind.Data) { Content = content, EndStream = read.EndsMessage };
                    return true;
            }
        }
    }

    private ProbeEvent Head(Http1ResponseReader from, HeaderMap map, bool endStream)
    {
        var head = new ProbeEvent(ProbeEventKind.Headers) { Head = map, EndStream = endStream };
        if (!from.ClosesConnection)
        {
            return head;
        }

        next = head;
        return new ProbeEvent(ProbeEventKind.GoAway);
    }

    /// <summary>The peer has closed: that may be the end of a body.</summary>
    private ProbeEvent End(Http1ResponseReader from)
    {
        var closed = new ProbeEvent(ProbeEventKind.Closed);
        if (!InputEnded || from.AtEndOfInput != Http1EndOfInput.EndsResponse)
        {
            return closed;
        }

        isClosed = true;
        next = closed;
        return new ProbeEvent(ProbeEventKind.Data) { EndStream = true };
    }
}
