using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>Health checks byte by byte, through the codec that sockets use.</summary>
internal sealed class WireProbe : ProbeLink
{
    private readonly SimProber prober;
    private readonly UpstreamConnectionId id;
    private readonly ByteQueue input;
    private readonly ByteQueue output;
    private readonly ProbeCodec codec;
    private long lastArrivalNs;

    public WireProbe(SimProber prober, int endpoint, UpstreamConnectionId id, ProbeProtocol protocol, Http1Settings settings)
        : base(endpoint)
    {
        this.prober = prober;
        this.id = id;
        (input, output) = (new ByteQueue(prober.Buffers), new ByteQueue(prober.Buffers));
        codec = new ProbeCodec(protocol, settings, input, output);
    }

    public override void Send(in Effect effect)
    {
        codec.Send(effect);
        lastArrivalNs = prober.Send(Endpoint, EventKind.RequestBytes, prober.Put(output.Span), id.Value, prober.Index, lastArrivalNs);
        output.Clear();
        output.Release();
    }

    public override void Close() => prober.Send(Endpoint, EventKind.Gone, prober.Index, id.Value, 0, lastArrivalNs);

    /// <param name="tell">Takes what happens; returns whether the connection is still there.</param>
    public void Receive(ReadOnlySpan<byte> bytes, Func<ProbeEvent, bool> tell)
    {
        input.Append(bytes);
        Read(tell);
    }

    public override void PeerClosed(Func<ProbeEvent, bool> tell)
    {
        codec.InputEnded = true;
        Read(tell);
    }

    private void Read(Func<ProbeEvent, bool> tell)
    {
        while (codec.TryNext(out var found) && tell(found)) { }

        input.Release();
    }
}
