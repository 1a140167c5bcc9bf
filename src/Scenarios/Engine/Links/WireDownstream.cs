using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection that carries bytes: HTTP/1.1 through the codec that sockets use, or for a TCP proxy whatever they are.</summary>
internal sealed class WireDownstream : DownstreamLink
{
    private readonly ConnectionId id;
    private readonly ByteQueue input;
    private readonly ByteQueue output;
    private Http1RequestReader reader = null!;
    private Http1Writer writer = null!;
    private WireTcpUpstream? upstream;
    private HttpRequestKind kind;
    private bool begun;
    private bool inRequest;
    private bool requestEnded;
    private bool closed;

    public WireDownstream(SimWorker worker, DownstreamPeer peer, ConnectionId id)
        : base(worker, peer)
    {
        this.id = id;
        (input, output) = (new ByteQueue(worker.Buffers), new ByteQueue(worker.Buffers));
    }

    public override bool IsClosedByPeer => true;

    /// <summary>As much of a ClientHello as tells that it is one.</summary>
    public static ReadOnlySpan<byte> BeginOfHandshake => [0x16, 3, 1, 2, 0];

    private StreamId Stream => new(id, Streams - 1);

    public override void Use(FilterChainSnapshot chain)
    {
        base.Use(chain);
        if (chain.TcpProxy is not null)
        {
            return;
        }

        var settings = chain.ConnectionManager!.RequestCodec;
        reader = new Http1RequestReader(settings);
        writer = new Http1Writer(output, settings);
    }

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        input.Append(bytes);
        if (Chain is null)
        {
            Worker.Inspect(id, this, input.Span);
        }

        if (Chain is { Tls: not null } && !IsSecured)
        {
            Worker.RefuseHandshake(id);
        }
        else if (Chain is { TcpProxy: not null })
        {
            PassUp();
        }
        else if (Chain is not null)
        {
            Parse();
        }
    }

    /// <summary>It is connected to a host: what has come for that already goes first, and a handshake that nobody here takes part in.</summary>
    public void Pass(WireTcpUpstream host)
    {
        upstream = host;
        if (Client is not null && Chain!.Tls is null)
        {
            SayConnected(host);
        }

        PassUp();
    }

    /// <summary>Bytes of the host go to the client as they are.</summary>
    public void Say(ReadOnlySpan<byte> bytes) => SendBytes(bytes);

    public override void Carry(in Effect effect, ReadOnlySpan<byte> content)
    {
        switch (effect.Kind)
        {
            case EffectKind.LocalReply:
                writer.WriteResponseHead(effect.Head!, endStream: effect.Body.IsEmpty, kind);
                if (!effect.Body.IsEmpty && kind != HttpRequestKind.Head)
                {
                    writer.WriteData(effect.Body.Span, endStream: true);
                }

                break;
            case EffectKind.ForwardInformational:
                writer.WriteInformational(effect.Head!);
                break;
            case EffectKind.ForwardHeaders:
                writer.WriteResponseHead(effect.Head!, effect.EndStream, kind);
                break;
            case EffectKind.ForwardTrailers:
                writer.WriteTrailers(effect.Head!);
                break;
            default:
                writer.WriteData(Body(content, effect.Bytes), effect.EndStream);
                break;
        }

        if (output.Length > 0)
        {
            SendBytes(output.Span);
            output.Clear();
            output.Release();
        }
    }

    /// <summary>The client speaks TLS with the host: it learns how their handshake ended, or gets no answer from one that knows of no TLS.</summary>
    private void SayConnected(WireTcpUpstream host)
    {
        if (host.Conclusion == 0)
        {
            input.Append(BeginOfHandshake);
        }
        else
        {
            Worker.ConcludeTcp(id, this, host.Conclusion);
        }
    }

    /// <summary>Nothing is sent before the host is connected.</summary>
    private void PassUp()
    {
        if (upstream is not null && input.Length > 0)
        {
            var bytes = input.Length;
            upstream.Send(input.Span);
            input.Clear();
            input.Release();
            Worker.CountTcp(id, TcpSide.Downstream, bytes, endStream: false);
        }
    }

    /// <summary>What comes next begins a request.</summary>
    public bool ExpectsRequest => !inRequest;

    public override void OnStreamOver()
    {
        if (Chain is not { TcpProxy: null })
        {
            return;
        }

        inRequest = false;
        Worker.Later(Parse);
    }

    public override void Dispose() => closed = true;

    /// <summary>One finding after the other, until a request is under way or bytes run out.</summary>
    private void Parse()
    {
        while (!closed && (!inRequest || !requestEnded) && Step()) { }

        input.Release();
    }

    private bool Step()
    {
        var map = Worker.Machine.RentHeaders();
        var found = reader.Next(input.Span, map);
        if (found.Kind is not (Http1EventKind.Head or Http1EventKind.Trailers))
        {
            Worker.Machine.ReturnHeaders(map);
        }

        // What is consumed stays readable until the next write.
        var content = input.Memory.Slice(found.Offset, found.Count);
        input.Consume(found.Consumed);
        requestEnded = found.EndsMessage;
        switch (found.Kind)
        {
            case Http1EventKind.Begin:
                begun = inRequest = true;
                Worker.BeginRequest(Next());
                return true;
            case Http1EventKind.Head:
                kind = HttpRequestKinds.Of(map);
                inRequest = true;
                if (reader.IsHttp10 != writer.IsHttp10)
                {
                    writer.IsHttp10 = reader.IsHttp10;
                    Worker.SetProtocol(id, reader.IsHttp10 ? HttpProtocol.Http10 : HttpProtocol.Http11);
                }

                Worker.Request(begun ? Stream : Next(), map, found.EndStream);
                begun = false;
                return true;
            case Http1EventKind.Data:
                Worker.RequestData(Stream, content, found.EndStream);
                return true;
            case Http1EventKind.Trailers:
                Worker.RequestTrailers(Stream, map);
                return true;
            case Http1EventKind.End:
                Worker.RequestData(Stream, default, endStream: true);
                return true;
            case Http1EventKind.Error:
                closed = true;
                Worker.Refuse(inRequest ? Stream : Next(), reader.Error);
                return false;
            default:
                return false;
        }
    }

    /// <summary>A body that a service only counted gets bytes of that length, all 0.</summary>
    private ReadOnlySpan<byte> Body(ReadOnlySpan<byte> content, long bytes) => content.IsEmpty ? Worker.Zeros((int)bytes) : content;

    private StreamId Next() => new(id, Streams++);
}
