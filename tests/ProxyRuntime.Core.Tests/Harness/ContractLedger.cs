namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Follows inputs and effects as a driver would and fails a test when the worker asks for something that makes no sense: bytes that are
/// not kept, a message after its end, an answer that is given twice, a request that is over and over again.
/// </summary>
internal sealed class ContractLedger
{
    private readonly Dictionary<StreamId, Downstream> streams = [];
    private readonly Dictionary<StreamId, long> kept = [];
    private readonly Dictionary<AttemptId, Attempt> attempts = [];
    private readonly HashSet<UpstreamConnectionId> connections = [];
    private readonly HashSet<UpstreamConnectionId> multiplexed = [];
    private readonly HashSet<UpstreamConnectionId> ending = [];
    private readonly HashSet<ConnectionId> closing = [];

    /// <summary>Body bytes that are kept for streams, altogether.</summary>
    public long BytesKept => kept.Values.Sum();

    /// <summary>Attempts that were started and are not over.</summary>
    public int LiveAttempts => attempts.Count(static pair => !pair.Value.Over);

    /// <summary>Streams that were begun by a client and are not logged.</summary>
    public int OpenStreams => streams.Count;

    public int OpenConnections => connections.Count;

    /// <summary>Connections to hosts that are open or being opened, the oldest first.</summary>
    public UpstreamConnectionId[] Connections => [.. connections.OrderBy(static connection => connection.Value)];

    public int Logged { get; private set; }

    /// <summary>The client is gone: its requests end without an answer.</summary>
    public void OnClientGone(ConnectionId connection)
    {
        foreach (var stream in streams.Keys.Where(stream => stream.Connection == connection))
        {
            OnClientReset(stream);
        }
    }

    public void OnClientReset(StreamId stream)
    {
        if (streams.TryGetValue(stream, out var downstream))
        {
            downstream.IsGone = true;
        }
    }

    public void OnRequest(StreamId stream) => streams.TryAdd(stream, new Downstream());

    public void OnResponseEnd(AttemptId attempt)
    {
        if (attempts.TryGetValue(attempt, out var live))
        {
            live.ResponseEnded = true;
            live.Over |= live.RequestEnded;
        }
    }

    public void OnAttemptGone(AttemptId attempt)
    {
        if (attempts.TryGetValue(attempt, out var live))
        {
            live.Over = true;
        }
    }

    /// <summary>The host takes no more requests on this connection.</summary>
    public void OnConnectionEnding(UpstreamConnectionId connection) => ending.Add(connection);

    public void OnConnectionGone(UpstreamConnectionId connection)
    {
        _ = connections.Remove(connection);
        foreach (var attempt in attempts.Values.Where(attempt => attempt.Connection == connection))
        {
            attempt.Over = true;
        }
    }

    public void OnEffect(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                Assert.True(connections.Add(effect.Upstream), $"{effect.Upstream} is opened twice");
                if (effect.Cluster!.Http2 is not null)
                {
                    _ = multiplexed.Add(effect.Upstream);
                }

                break;
            case EffectKind.CloseConnection:
                Assert.True(connections.Contains(effect.Upstream), $"{effect.Upstream} is closed but not open");
                OnConnectionGone(effect.Upstream);
                break;
            case EffectKind.StartAttempt:
                Start(effect);
                break;
            case EffectKind.SendData or EffectKind.SendBuffered or EffectKind.SendBody or EffectKind.SendTrailers:
                Send(effect);
                break;
            case EffectKind.CancelAttempt:
                Assert.False(attempts[effect.Attempt].Over, $"{effect.Attempt} is cancelled but over");
                if (multiplexed.Contains(effect.Upstream))
                {
                    OnAttemptGone(effect.Attempt);
                }
                else
                {
                    OnConnectionGone(effect.Upstream);
                }

                break;
            case EffectKind.BufferBody:
                kept[effect.Stream] = kept.GetValueOrDefault(effect.Stream) + effect.Bytes;
                break;
            case EffectKind.CopyBody:
                Assert.True(effect.Bytes <= kept.GetValueOrDefault(effect.Source), "more is copied than is kept");
                kept[effect.Stream] = kept.GetValueOrDefault(effect.Stream) + effect.Bytes;
                break;
            case EffectKind.ReleaseBody:
                Assert.True(kept.Remove(effect.Stream), $"nothing is kept for {effect.Stream}");
                break;
            case EffectKind.OutlierDetected or EffectKind.ImmediateHealthCheckFail or EffectKind.TrafficBegan or EffectKind.HostCreated:
                break; // For the main machine, of no stream.
            default:
                OnDownstreamEffect(effect);
                break;
        }
    }

    private void OnDownstreamEffect(in Effect effect)
    {
        if (effect.Kind is EffectKind.UseFilterChain or EffectKind.EndInspection)
        {
            return;
        }

        if (effect.Kind == EffectKind.CloseDownstream)
        {
            Assert.True(closing.Add(effect.Connection), $"{effect.Connection} is closed twice");
            return;
        }

        Assert.True(streams.TryGetValue(effect.Stream, out var stream), $"{effect.Kind} for {effect.Stream}, which is not open");
        switch (effect.Kind)
        {
            case EffectKind.LogAccess:
                Log(effect, stream);
                break;
            case EffectKind.ResetDownstream:
                Assert.False(stream.Ended);
                stream.Ended = stream.WasReset = true;
                break;
            case EffectKind.ForwardInformational:
                Assert.False(stream.Answered);
                break;
            case EffectKind.LocalReply or EffectKind.ForwardHeaders:
                Assert.False(stream.Answered, $"{effect.Stream} is answered twice");
                Assert.True(effect.Kind == EffectKind.LocalReply || !kept.ContainsKey(effect.Stream), $"{effect.Stream} is answered and its body kept");
                stream.Answered = true;
                stream.Ended = effect.EndStream;
                break;
            case EffectKind.KeepResponse:
                Assert.True(stream.Answered && !stream.Ended);
                stream.ResponseKept += effect.Bytes;
                break;
            default:
                Assert.True(stream.Answered && !stream.Ended, $"{effect.Kind} for {effect.Stream} out of turn");
                stream.ResponseKept -= effect.Kind == EffectKind.ForwardKept ? effect.Bytes : 0;
                Assert.True(stream.ResponseKept >= 0, "more is sent than was kept");
                stream.Ended = effect.EndStream;
                break;
        }
    }

    private void Log(in Effect effect, Downstream stream)
    {
        if (!effect.EndStream)
        {
            return; // It goes on after a redirect.
        }

        Assert.True(stream.Ended || stream.IsGone, $"{effect.Stream} is logged without an end");
        Assert.True(stream.ResponseKept == 0 || stream.IsGone || stream.WasReset, $"{effect.Stream} is logged and bytes of its answer are kept");
        Logged++;
        _ = streams.Remove(effect.Stream);
        _ = kept.Remove(effect.Stream);
    }

    private void Start(in Effect effect)
    {
        var upstream = effect.Upstream;
        Assert.True(connections.Contains(upstream), $"{effect.Attempt} starts on {upstream}, which is not open");
        Assert.False(ending.Contains(upstream), $"{effect.Attempt} starts on {upstream}, which takes no more requests");
        if (!multiplexed.Contains(upstream))
        {
            Assert.DoesNotContain(attempts.Values, attempt => attempt.Connection == upstream && !attempt.Over);
        }

        attempts.Add(effect.Attempt, new Attempt(effect.Stream, effect.Upstream) { RequestEnded = effect.EndStream });
    }

    private void Send(in Effect effect)
    {
        var attempt = attempts[effect.Attempt];
        Assert.Equal(effect.Stream, attempt.Stream);
        Assert.False(attempt.Over || attempt.RequestEnded, $"{effect.Kind} for {effect.Attempt}, whose request has ended");
        if (effect.Kind == EffectKind.SendBuffered)
        {
            Assert.Equal(kept.GetValueOrDefault(effect.Stream), effect.Bytes);
        }

        attempt.RequestEnded = effect.EndStream;
        attempt.Over |= attempt.RequestEnded && attempt.ResponseEnded;
    }

    private sealed class Downstream
    {
        public bool Answered { get; set; }

        public bool Ended { get; set; }

        public bool WasReset { get; set; }

        public bool IsGone { get; set; }

        public long ResponseKept { get; set; }
    }

    private sealed class Attempt(StreamId stream, UpstreamConnectionId connection)
    {
        public StreamId Stream => stream;

        public UpstreamConnectionId Connection => connection;

        public bool RequestEnded { get; set; }

        public bool ResponseEnded { get; set; }

        public bool Over { get; set; }
    }
}
