using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection that carries HTTP/1.1 byte by byte, through the codec that sockets use.</summary>
internal sealed class WireUpstream : UpstreamLink
{
    private readonly SimWorker worker;
    private readonly UpstreamConnectionId id;
    private readonly ByteQueue input;
    private readonly ByteQueue output;
    private readonly Http1ResponseReader reader;
    private readonly Http1Writer writer;
    private AttemptId attempt;
    private bool wantsContent;
    private bool closed;
    private long lastArrivalNs;

    public WireUpstream(SimWorker worker, int endpoint, UpstreamConnectionId id, Http1Settings settings)
        : base(endpoint)
    {
        this.worker = worker;
        this.id = id;
        (input, output) = (new ByteQueue(worker.Buffers), new ByteQueue(worker.Buffers));
        reader = new Http1ResponseReader(settings);
        writer = new Http1Writer(output, settings);
    }

    public override void Start(in Effect effect)
    {
        attempt = effect.Attempt;
        wantsContent = effect.WantsContent;
        reader.Expect(effect.Head!);
        writer.WriteRequestHead(effect.Head!, effect.EndStream);
        Flush();
    }

    public override void Data(ReadOnlySpan<byte> content, bool endStream)
    {
        writer.WriteData(content, endStream);
        Flush();
    }

    public override void Trailers(HeaderMap trailers)
    {
        writer.WriteTrailers(trailers);
        Flush();
    }

    public override void Close()
    {
        closed = true;
        lastArrivalNs = worker.Send(Endpoint, EventKind.Gone, worker.Index, id.Value, 0, lastArrivalNs);
    }

    public override void Receive(ReadOnlySpan<byte> bytes)
    {
        input.Append(bytes);
        while (!closed && Step()) { }

        input.Release();
    }

    public override void OnPeerClosed()
    {
        var end = reader.AtEndOfInput;
        if (end == Http1EndOfInput.EndsResponse)
        {
            worker.Ending(id);
            Deliver(default, endStream: true);
        }

        if (!closed)
        {
            closed = true;
            worker.UpstreamGone(id, end == Http1EndOfInput.BreaksResponse ? ResetReason.ProtocolError : ResetReason.ConnectionTermination);
        }
    }

    private bool Step()
    {
        var map = worker.Machine.RentHeaders();
        var found = reader.Next(input.Span, map);
        if (found.Kind is not (Http1EventKind.Head or Http1EventKind.Informational or Http1EventKind.Trailers))
        {
            worker.Machine.ReturnHeaders(map);
        }

        var content = input.Memory.Slice(found.Offset, found.Count);
        input.Consume(found.Consumed);
        if (found.EndsMessage && input.Length > 0)
        {
            worker.Ending(id); // Whatever follows a response is none.
        }

        switch (found.Kind)
        {
            case Http1EventKind.Informational:
                worker.Informational(attempt, map);
                return true;
            case Http1EventKind.Head:
                if (reader.ClosesConnection)
                {
                    worker.GoAway(id);
                }

                worker.Response(attempt, map, found.EndStream);
                return true;
            case Http1EventKind.Data:
                Deliver(content, found.EndStream);
                return true;
            case Http1EventKind.Trailers:
                worker.ResponseTrailers(attempt, map);
                return true;
            case Http1EventKind.End:
                Deliver(default, endStream: true);
                return true;
            case Http1EventKind.Error:
                Close();
                worker.UpstreamGone(id, reader.Error);
                return false;
            default:
                return false;
        }
    }

    private void Deliver(ReadOnlyMemory<byte> content, bool endStream) => worker.ResponseData(attempt, content, endStream, wantsContent);

    private void Flush()
    {
        if (output.Length > 0)
        {
            var content = worker.Put(output.Span);
            lastArrivalNs = worker.Send(Endpoint, EventKind.RequestBytes, content, id.Value, worker.Index, lastArrivalNs);
            output.Clear();
            output.Release();
        }
    }
}
