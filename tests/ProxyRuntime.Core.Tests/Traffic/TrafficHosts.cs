namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The hosts around a proxy: the connections it opens, and the attempts they have not answered to the end.</summary>
internal sealed class TrafficHosts(Traffic traffic)
{
    private readonly List<UpstreamConnectionId> connecting = [];
    private readonly List<Attempt> attempts = [];
    private long lastGone;

    private WorkerHarness Proxy => traffic.Proxy;

    private List<Attempt> Awaited => attempts.FindAll(static attempt => !attempt.Answered);

    private List<Attempt> Answered => attempts.FindAll(static attempt => attempt.Answered);

    public void Take(TrafficStep step)
    {
        switch (step.What)
        {
            case TrafficEvent.Connected or TrafficEvent.Refused when connecting.Count > 0:
                Connect(connecting[step.Which % connecting.Count], step);
                break;
            case TrafficEvent.Answer when step.Pick(Awaited) is { } attempt:
                Answer(attempt, step, end: step.Which % 3 > 0);
                break;
            case TrafficEvent.AnswerBody when step.Pick(Answered) is { } attempt:
                AnswerBody(attempt, step);
                break;
            case TrafficEvent.AnswerTrailers when step.Pick(Answered) is { } attempt:
                _ = attempts.Remove(attempt);
                _ = Proxy.AnswerTrailers(attempt.Id, ("grpc-status", "14"));
                break;
            case TrafficEvent.Interim when step.Pick(Awaited) is { } attempt:
                _ = Proxy.Interim(attempt.Id, 103);
                break;
            case TrafficEvent.Reset when step.Pick(attempts) is { } attempt:
                _ = attempts.Remove(attempt);
                _ = Proxy.Reset(attempt.Id, step.Ends ? ResetReason.RemoteReset : ResetReason.RemoteRefusedStreamReset);
                break;
            case TrafficEvent.ConnectionCloses when Proxy.Ledger.Connections is { Length: > 0 } open:
                Close(open[step.Which % open.Length], step.Amount == 0 ? ResetReason.ProtocolError : ResetReason.ConnectionTermination);
                break;
            case TrafficEvent.ConnectionEnds when step.Pick(Awaited) is { } attempt:
                _ = Proxy.ConnectionEnding(attempt.Connection.Value);
                Answer(attempt, step, end: true);
                Close(attempt.Connection);
                break;
            case TrafficEvent.GoAway when step.Pick(attempts) is { } attempt:
                _ = Proxy.GoAway(attempt.Connection.Value);
                break;
            case TrafficEvent.Late when lastGone > 0:
                Assert.Empty(Proxy.Answer(lastGone, 200));
                Assert.Empty(Proxy.AnswerBody(lastGone, 3, endStream: true));
                break;
        }
    }

    public void CloseAll()
    {
        while (Proxy.Ledger.Connections is [var connection, ..])
        {
            Close(connection);
        }
    }

    public void OnEffect(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                connecting.Add(effect.Upstream);
                break;
            case EffectKind.CloseConnection or EffectKind.CancelAttempt:
                Forget(effect.Upstream);
                break;
            case EffectKind.StartAttempt:
                var stream = effect.Stream;
                traffic.See("hedged", attempts.Exists(attempt => attempt.Stream == stream));
                attempts.Add(new Attempt(effect.Attempt.Value, stream, effect.Upstream, effect.WantsContent, effect.Head!.Contains(HeaderName.Upgrade)));
                break;
        }
    }

    private void Connect(UpstreamConnectionId connection, TrafficStep step)
    {
        _ = connecting.Remove(connection);
        if (step.What == TrafficEvent.Connected)
        {
            _ = Proxy.Connected(connection.Value);
        }
        else
        {
            _ = Proxy.FailConnect(connection.Value, step.Ends ? ConnectOutcome.RemoteFailure : ConnectOutcome.LocalFailure, "no");
        }
    }

    private void Answer(Attempt attempt, TrafficStep step, bool end)
    {
        (string Name, string Value)[] headers = step.Which switch
        {
            0 => [("x-envoy-ratelimited", "true")],
            1 or 2 => [("retry-after", "1")],
            3 => [("grpc-status", "14")],
            _ => step.Status == 302 ? [("location", "http://svc.local/again")] : [],
        };
        var isTunnel = attempt.IsUpgrade && step.Ends && !end;
        traffic.See("tunnel", isTunnel);
        traffic.See("answered beside another", attempts.Exists(other => other.Stream == attempt.Stream && other != attempt));
        attempt.Answered = true;
        _ = end && attempts.Remove(attempt);
        _ = Proxy.Answer(attempt.Id, isTunnel ? 101 : step.Status, end, headers);
    }

    private void AnswerBody(Attempt attempt, TrafficStep step)
    {
        _ = step.Ends && attempts.Remove(attempt);
        _ = attempt.WantsContent
            ? Proxy.AnswerContent(attempt.Id, new string('a', step.Bytes), step.Ends)
            : Proxy.AnswerBody(attempt.Id, step.Bytes, step.Ends);
    }

    private void Close(UpstreamConnectionId connection, ResetReason reason = ResetReason.ConnectionTermination)
    {
        Forget(connection);
        _ = Proxy.UpstreamClosed(connection.Value, reason);
    }

    /// <summary>The connection is gone, and what was on it.</summary>
    private void Forget(UpstreamConnectionId connection)
    {
        _ = connecting.Remove(connection);
        lastGone = attempts.Find(attempt => attempt.Connection == connection)?.Id ?? lastGone;
        _ = attempts.RemoveAll(attempt => attempt.Connection == connection);
    }

    private sealed record Attempt(long Id, StreamId Stream, UpstreamConnectionId Connection, bool WantsContent, bool IsUpgrade)
    {
        public bool Answered { get; set; }
    }
}
