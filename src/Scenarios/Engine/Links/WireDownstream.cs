using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection that carries HTTP/1.1 byte by byte, through the codec that sockets use.</summary>
internal sealed class WireDownstream : DownstreamLink
{
    private readonly ConnectionId id;
    private readonly ByteQueue input = new();
    private readonly ByteQueue output = new();
    private Http1RequestReader reader = null!;
    private Http1Writer writer = null!;
    private HttpRequestKind kind;
    private bool begun;
    private bool inRequest;
    private bool requestEnded;
    private bool closed;
    private byte[] filler = [];

    public WireDownstream(SimWorker worker, DownstreamPeer peer, ConnectionId id)
        : base(worker, peer) => this.id = id;

    public override bool IsClosedByPeer => true;

    private StreamId Stream => new(id, Streams - 1);

    public override void Use(FilterChainSnapshot chain)
    {
        base.Use(chain);
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
        else if (Chain is not null)
        {
            Parse();
        }
    }

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
        }
    }

    /// <summary>What comes next begins a request.</summary>
    public bool ExpectsRequest => !inRequest;

    public override void OnStreamOver()
    {
        inRequest = false;
        Worker.Later(Parse);
    }

    public override void Dispose() => closed = true;

    /// <summary>One finding after the other, until a request is under way or bytes run out.</summary>
    private void Parse()
    {
        while (!closed && (!inRequest || !requestEnded) && Step()) { }
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
    private ReadOnlySpan<byte> Body(ReadOnlySpan<byte> content, long bytes)
    {
        if (!content.IsEmpty || bytes == 0)
        {
            return content;
        }

        if (filler.Length < bytes)
        {
            filler = new byte[bytes];
        }

        return filler.AsSpan(0, (int)bytes);
    }

    private StreamId Next() => new(id, Streams++);
}
