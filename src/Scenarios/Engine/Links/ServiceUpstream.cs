using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A connection to a service: the endpoint learns that there is a request, and answers by its model.</summary>
internal class ServiceUpstream(SimWorker worker, int endpoint, UpstreamConnectionId id, bool multiplexed) : UpstreamLink(endpoint)
{
    public override bool IsMultiplexed => multiplexed;

    private long lastArrivalNs;

    protected SimWorker Worker => worker;

    public override void Start(in Effect effect) =>
        SendInOrder(EventKind.Request, CallOf(effect).Code, effect.Attempt.Value, worker.Traits(Endpoint, effect.Head!));

    /// <summary>Who asks, and for what kind of answer.</summary>
    protected ServiceCall CallOf(in Effect effect) => new(worker.Index, id.Value, AnswerKind(effect));

    /// <summary>A connection keeps the order of what is said on it.</summary>
    protected void SendInOrder(EventKind kind, long a, long b, int c) => lastArrivalNs = worker.Send(Endpoint, kind, a, b, c, lastArrivalNs);

    /// <summary>Told where the endpoint stops its work then.</summary>
    public override void Cancel(AttemptId attempt)
    {
        if (worker.IsCancelled(Endpoint))
        {
            var call = new ServiceCall(worker.Index, id.Value, 0).Code;
            lastArrivalNs = worker.Send(Endpoint, EventKind.Cancelled, call, attempt.Value, notBeforeNs: lastArrivalNs);
        }
    }

    private static int AnswerKind(in Effect effect)
    {
        var isGrpc = effect.Head!.Get(HeaderName.ContentType).StartsWith("application/grpc"u8);
        return (isGrpc ? ServiceAnswer.Grpc : 0) | (effect.WantsContent ? ServiceAnswer.WithContent : 0);
    }

    public override void Data(ReadOnlySpan<byte> content, bool endStream) { }

    public override void Trailers(HeaderMap trailers) { }

    public override void Close() => _ = worker.Send(Endpoint, EventKind.Gone, worker.Index, id.Value, notBeforeNs: lastArrivalNs);

    public override void OnPeerClosed() => worker.UpstreamGone(id, ResetReason.ConnectionTermination);
}
