namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Counts what a filter allocates for a request in steady state: the same request many times, each answered at once.</summary>
internal sealed class FilterSteadyRun
{
    private const int Rounds = 2_000;

    private readonly EffectBuffer effects = new();
    private readonly Queue<Effect> todo = new();
    private readonly Dictionary<UpstreamConnectionId, bool> sideConnections = [];
    private readonly Worker worker;
    private readonly HeaderMap request = new();
    private readonly HeaderMap ok = new();
    private readonly HeaderMap sideHead = new();
    private readonly byte[] sideBody;
    private readonly HeaderMap? sideTrailers;
    private MonotonicTime now;
    private int number;

    /// <param name="side">What cluster <c>side</c> answers: a status and headers.</param>
    /// <param name="body">Its body; empty for none.</param>
    /// <param name="trailers">Its trailers; none for no trailers.</param>
    public FilterSteadyRun(
        IHttpFilterSettings settings,
        (string Name, string Value)[]? headers = null,
        (string Name, string Value)[]? side = null,
        byte[]? body = null,
        (string Name, string Value)[]? trailers = null
    )
    {
        var snapshot = new FilterSetup().Proxy(new HttpFilterSnapshot(FilterHarness.FilterName, settings));
        worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(11), FilterHarness.EpochUnixNs);
        new ProxyMain(snapshot, new RandomSource(1)).Start(now, effects);
        foreach (var effect in effects.Span.ToArray())
        {
            if (effect.Membership is { } membership)
            {
                worker.HostUpdate(now, membership, new EffectBuffer());
            }
        }

        effects.Clear();
        worker.DownstreamConnection(now, new ConnectionId(1), new FilterSetup().Client, effects);
        Fill(request, [(":method", "GET"), (":path", "/a"), (":authority", "svc"), .. headers ?? []]);
        Fill(ok, [(":status", "200")]);
        Fill(sideHead, side ?? [(":status", "200")]);
        sideBody = body ?? [];
        if (trailers is not null)
        {
            Fill(sideTrailers = new HeaderMap(), trailers);
        }
    }

    public int Answered { get; private set; }

    /// <summary>Bytes for <see cref="Rounds"/> requests, after as many to warm up.</summary>
    public long Measure()
    {
        Requests();
        var allocated = Allocation.Of(() =>
        {
            Answered = 0;
            Requests();
        });
        Assert.Equal(Rounds, Answered);
        return allocated;
    }

    private static void Fill(HeaderMap map, (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        _ = map.Freeze();
    }

    private void Requests()
    {
        for (var i = 0; i < Rounds; i++)
        {
            // All within one second, as the date header is formatted once a second.
            now = now.Plus(10_000);
            var head = worker.RentHeaders();
            head.ResetTo(request);
            worker.RequestHeaders(now, new StreamId(new ConnectionId(1), number++), head, endStream: true, effects);
            Take();
            while (todo.TryDequeue(out var effect))
            {
                CarryOut(effect);
            }
        }
    }

    private void CarryOut(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                sideConnections[effect.Upstream] = effect.Host!.Address.Ip == "10.0.0.3";
                worker.ConnectionResult(now, effect.Upstream, ConnectOutcome.Connected, "", null, effects);
                break;
            case EffectKind.StartAttempt:
                Answer(effect);
                break;
            case EffectKind.ForwardHeaders:
            case EffectKind.LocalReply:
                Answered++;
                break;
        }

        Take();
    }

    private void Answer(in Effect effect)
    {
        var isSide = sideConnections[effect.Upstream];
        var head = worker.RentHeaders();
        head.ResetTo(isSide ? sideHead : ok);
        var hasBody = isSide && sideBody.Length > 0;
        worker.ResponseHeaders(now, effect.Attempt, head, !hasBody, effects);
        Take();
        if (!hasBody)
        {
            return;
        }

        worker.ResponseContent(now, effect.Attempt, sideBody, sideTrailers is null, effects);
        Take();
        if (sideTrailers is not null)
        {
            var trailers = worker.RentHeaders();
            trailers.ResetTo(sideTrailers);
            worker.ResponseTrailers(now, effect.Attempt, trailers, effects);
            Take();
        }
    }

    private void Take()
    {
        foreach (ref readonly var effect in effects.Span)
        {
            todo.Enqueue(effect);
        }

        effects.Clear();
    }
}
