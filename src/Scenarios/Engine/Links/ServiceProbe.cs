using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Health checks of a service: each is a request like any other, which waits its turn and may meet a fault. An answer 200 is what the
/// check wants to hear; another status is a bare answer, or where no HTTP is spoken no answer.
/// </summary>
internal sealed class ServiceProbe(SimProber prober, int endpoint, UpstreamConnectionId id, ProbeAnswer passing) : ProbeLink(endpoint)
{
    private AttemptId underWay;

    public override void Send(in Effect effect)
    {
        underWay = effect.Attempt;
        _ = prober.Send(
            Endpoint,
            EventKind.Request,
            new ServiceCall(prober.Index, id.Value, 0).Code,
            effect.Attempt.Value,
            prober.Traits(Endpoint, effect.Head)
        );
    }

    public override void Cancel() => underWay = default;

    public override void Close() => _ = prober.Send(Endpoint, EventKind.Gone, prober.Index, id.Value);

    public override void PeerClosed(Func<ProbeEvent, bool> tell) => _ = tell(new ProbeEvent(ProbeEventKind.Closed));

    /// <param name="tell">Takes what happens; returns whether the connection is still there.</param>
    public void Answered(AttemptId attempt, int status, Func<ProbeEvent, bool> tell)
    {
        if (attempt != underWay)
        {
            return;
        }

        if (status != 200)
        {
            if (passing.Head is not null)
            {
                var head = new HeaderMap();
                head.Set(HeaderName.Status, status);
                _ = tell(new ProbeEvent(ProbeEventKind.Headers) { Head = head, EndStream = true });
            }

            return;
        }

        var isBare = passing.Content.IsEmpty && passing.Trailers is null;
        if (passing.Head is { } passed && (!tell(new ProbeEvent(ProbeEventKind.Headers) { Head = passed, EndStream = isBare }) || isBare))
        {
            return;
        }

        if (tell(new ProbeEvent(ProbeEventKind.Data) { Content = passing.Content, EndStream = passing.Trailers is null }) && passing.Trailers is { } trailers)
        {
            _ = tell(new ProbeEvent(ProbeEventKind.Trailers) { Head = trailers });
        }
    }
}
