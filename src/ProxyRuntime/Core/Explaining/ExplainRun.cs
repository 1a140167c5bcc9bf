using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One proxy, one request: carries out what the machines ask for until the request is over.</summary>
internal sealed class ExplainRun
{
    /// <summary>The request comes so long after the start: what is fetched at once is there then.</summary>
    private const long LeadNs = MonotonicTime.NanosecondsPerSecond;

    /// <summary>More than any request needs; a request that goes round in circles ends here.</summary>
    private const int MaxInputs = 100_000;

    private const int MaxBodyText = 2048;
    private static readonly StreamId Stream = new(new ConnectionId(1), 0);

    private readonly ExplainRequest request;
    private readonly ListenerSnapshot listener;
    private readonly ProxySnapshot snapshot;
    private readonly ProxyMain main;
    private readonly Worker worker;
    private readonly ExplainObserver observer;
    private readonly EffectBuffer effects = new();
    private readonly Queue<Action> inputs = new();
    private readonly DocumentationNames names = new();
    private readonly Dictionary<UpstreamConnectionId, HostState> hosts = [];
    private readonly Dictionary<AttemptId, Attempt> attempts = [];
    private readonly List<Attempt> ordered = [];
    private MonotonicTime now = MonotonicTime.Zero;
    private HeaderSnapshot received = HeaderSnapshot.Empty;
    private HeaderSnapshot? refused;
    private HeaderSnapshot? sent;
    private RequestOutcome? outcome;
    private string body = "";
    private bool closes;

    public ExplainRun(ProxySnapshot snapshot, ListenerSnapshot listener, ExplainRequest request)
    {
        this.snapshot = snapshot;
        this.listener = listener;
        this.request = request;
        var random = new RandomSource(request.Random);
        // Nothing listens behind an explained request: its hosts are healthy unchecked.
        main = new ProxyMain(
            snapshot with
            {
                Clusters = [.. snapshot.Clusters.Select(static cluster => cluster with { HealthChecks = [] })],
            },
            new RandomSource(0)
        );
        worker = new Worker(snapshot, new ProxyShared(snapshot), random.DeriveSource("worker", "0"), request.UnixNs - LeadNs);
        observer = worker.Observe(context => new ExplainObserver(context, request.Random));
    }

    public Explanation Run()
    {
        Do(() => main.Start(now, effects));
        Follow(until: new MonotonicTime(LeadNs), () => false);
        now = new MonotonicTime(LeadNs);
        if (listener.ConnectionManager is { } manager)
        {
            Send(manager);
            Follow(until: now.Plus(RequestExplainer.MaxDurationNs), () => outcome is not null);
        }

        return new Explanation
        {
            Request = request,
            Listener = listener,
            Received = received,
            Accepted = refused ?? observer.Accepted ?? received,
            Lookups = [.. observer.Lookups],
            Filters = [.. observer.Filters],
            Plan = observer.Plan,
            RateLimits = observer.RateLimits,
            Tries = [.. ordered.Where(static attempt => attempt.IsOfClient).Select(Try)],
            Calls = Calls(),
            Reply = observer.Reply,
            Response = ResponsePath(),
            Outcome = outcome is null ? null : outcome with { Body = body, Closes = closes },
        };
    }

    // Time.

    /// <summary>One input after another, then from deadline to deadline.</summary>
    private void Follow(MonotonicTime until, Func<bool> isOver)
    {
        for (var i = 0; i < MaxInputs; i++)
        {
            if (inputs.TryDequeue(out var input))
            {
                Do(input);
            }
            else if (!isOver() && worker.NextDeadline is { } deadline && deadline < until)
            {
                now = deadline > now ? deadline : now;
                Do(() => worker.Advance(now, effects));
            }
            else
            {
                return;
            }
        }
    }

    private void Do(Action input)
    {
        input();
        var asked = effects.Span.ToArray();
        effects.Clear();
        foreach (var effect in asked)
        {
            Carry(effect);
        }
    }

    // Client.

    /// <summary>The request passes the codec as it would on a socket: what that refuses is refused here.</summary>
    private void Send(HttpConnectionManagerSnapshot manager)
    {
        var isTls = request.Scheme == "https";
        var local = listener.Address.Ip is "0.0.0.0" or "::" ? new NetworkAddress(snapshot.LocalAddress.Ip, listener.Address.Port) : listener.Address;
        var info = new ConnectionInfo(listener.Name, request.From, local)
        {
            IsTls = isTls,
            TransportProtocol = isTls ? ConnectionInfo.TransportTls : ConnectionInfo.RawBuffer,
            RequestedServerName = isTls ? request.Authority.Split(':')[0].ToLowerInvariant() : "",
        };
        if (FilterChainSelection.Find(listener, info) is null)
        {
            // A client that is taken for one the listener is for speaks what it wants.
            info = info with
            {
                TransportProtocol = isTls ? ConnectionInfo.RawBuffer : ConnectionInfo.TransportTls,
            };
        }

        Do(() => worker.DownstreamConnection(now, Stream.Connection, info, effects));

        var head = worker.RentHeaders();
        var reader = new Http1RequestReader(manager.RequestCodec, isTls);
        var found = reader.Next(Encoding.UTF8.GetBytes(ExplainedWire.Head(request)), head);
        if (found.Kind != Http1EventKind.Head)
        {
            worker.ReturnHeaders(head);
            refused = received = ExplainedWire.Lines(request);
            Do(() => worker.RequestRefused(now, Stream, reader.Error, effects));
            return;
        }

        received = HeaderSnapshot.Of(head);
        if (request.BodyBytes > 0)
        {
            // What follows another protocol's request has no end.
            inputs.Enqueue(() => worker.RequestData(now, Stream, request.BodyBytes, endStream: !reader.IsTunnel, effects));
        }

        Do(() => worker.RequestHeaders(now, Stream, head, found.EndStream, effects));
    }

    // Effects.

    private void Carry(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.ResolveDns:
                var query = effect.Dns!;
                inputs.Enqueue(() => main.DnsResult(now, query, new DnsAnswer(true, [names.AddressOf(query)]), effects));
                break;
            case EffectKind.HostUpdate:
                var membership = effect.Membership!;
                inputs.Enqueue(() => worker.HostUpdate(now, membership, effects));
                break;
            case EffectKind.OpenConnection:
                var upstream = effect.Upstream;
                hosts[upstream] = effect.Host!;
                inputs.Enqueue(() => worker.ConnectionResult(now, upstream, ConnectOutcome.Connected, "", null, effects));
                break;
            case EffectKind.StartAttempt:
                Start(effect);
                break;
            case EffectKind.SendData or EffectKind.SendBuffered or EffectKind.SendBody or EffectKind.SendTrailers:
                Answer(effect.Attempt, effect.EndStream);
                break;
            case EffectKind.CancelAttempt:
                attempts[effect.Attempt].IsOver = true;
                break;
            default:
                CarryDownstream(effect);
                break;
        }
    }

    private void CarryDownstream(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.ForwardHeaders or EffectKind.LocalReply:
                sent = HeaderSnapshot.Of(effect.Head!);
                body = Encoding.UTF8.GetString(effect.Body.Span[..Math.Min(effect.Body.Length, MaxBodyText)]);
                break;
            case EffectKind.CloseDownstream:
                closes = true;
                break;
            case EffectKind.LogAccess when effect.Stream == Stream && effect.EndStream:
                outcome = OutcomeOf(effect.Log!);
                break;
            default:
                break;
        }
    }

    private void Start(in Effect effect)
    {
        var isOfClient = effect.Stream == Stream;
        var isOpen = isOfClient && (UpgradeRequests.IsUpgrade(effect.Head!) || UpgradeRequests.IsConnect(effect.Head!));
        var attempt = new Attempt(
            effect.Attempt,
            effect.Stream,
            isOfClient,
            hosts[effect.Upstream],
            now,
            HeaderSnapshot.Of(effect.Head!),
            isOfClient ? AssumedAnswer.ToClient(effect.Head!, request.Status) : AssumedAnswer.ToProxy(effect.Head!)
        );
        attempts[effect.Attempt] = attempt;
        ordered.Add(attempt);
        Answer(effect.Attempt, effect.EndStream || isOpen);
    }

    /// <summary>The host answers once it has the whole request.</summary>
    private void Answer(AttemptId id, bool isComplete)
    {
        var attempt = attempts[id];
        if (!isComplete || attempt.IsAnswered)
        {
            return;
        }

        attempt.IsAnswered = true;
        inputs.Enqueue(() =>
        {
            if (attempt.IsOver)
            {
                return;
            }

            var head = worker.RentHeaders();
            var ends = attempt.Answer.WriteHead(head);
            attempt.Status = attempt.Answer.Status;
            if (attempt.IsOfClient)
            {
                observer.OnUpstreamAnswer(HeaderSnapshot.Of(head));
            }

            if (!ends)
            {
                inputs.Enqueue(() => End(attempt));
            }

            worker.ResponseHeaders(now, id, head, ends, effects);
        });
    }

    private void End(Attempt attempt)
    {
        if (attempt.IsOver)
        {
            return;
        }

        if (attempt.Answer.Message is null)
        {
            worker.ResponseData(now, attempt.Id, 0, endStream: true, effects);
            return;
        }

        inputs.Enqueue(() =>
        {
            var trailers = worker.RentHeaders();
            trailers.Add(HeaderName.GrpcStatus, "0"u8);
            worker.ResponseTrailers(now, attempt.Id, trailers, effects);
        });
        worker.ResponseContent(now, attempt.Id, attempt.Answer.Frame(), endStream: false, effects);
    }

    // Results.

    private static RequestOutcome OutcomeOf(StreamInfo info) =>
        new()
        {
            Status = info.ResponseCode,
            Flags = [.. Enumerable.Range(0, info.Flags.Count).Select(i => info.Flags[i].ShortName())],
            Details = info.ResponseCodeDetails,
            RouteName = info.RouteName,
            DurationNs = info.End.Since(info.Start),
            BytesReceived = info.BytesReceived,
            BytesSent = info.BytesSent,
        };

    private UpstreamTry Try(Attempt attempt) =>
        new(names.NameOf(attempt.Host.Address), attempt.Host.Address.Text, SinceRequest(attempt.At), attempt.Head, attempt.Status);

    private ImmutableArray<OwnCall> Calls()
    {
        var calls = ImmutableArray.CreateBuilder<OwnCall>();
        foreach (var (id, (by, isMirror, cluster)) in observer.Calls.OrderBy(static call => call.Key.Number))
        {
            var tries = ordered.Where(attempt => attempt.Stream == id).ToArray();
            calls.AddRange(
                tries.Select(attempt => new OwnCall(
                    by,
                    isMirror,
                    cluster,
                    names.NameOf(attempt.Host.Address),
                    SinceRequest(attempt.At),
                    attempt.Head,
                    attempt.Answer.Text
                ))
            );
            if (tries.Length == 0)
            {
                calls.Add(new OwnCall(by, isMirror, cluster, "", 0, HeaderSnapshot.Empty, ""));
            }
        }

        return calls.ToImmutable();
    }

    /// <summary>Without the steps that left everything as it was.</summary>
    private ImmutableArray<ResponseStep> ResponsePath()
    {
        List<ResponseStep> steps = [.. observer.Response];
        if (sent is not null)
        {
            steps.Add(new ResponseStep("connection manager", sent));
        }

        var path = ImmutableArray.CreateBuilder<ResponseStep>();
        foreach (var step in steps)
        {
            if (path.Count == 0 || !path[^1].Headers.ChangesTo(step.Headers).IsEmpty)
            {
                path.Add(step);
            }
        }

        return path.ToImmutable();
    }

    private static long SinceRequest(MonotonicTime at) => at.Nanoseconds - LeadNs;

    private sealed class Attempt(AttemptId id, StreamId stream, bool isOfClient, HostState host, MonotonicTime at, HeaderSnapshot head, AssumedAnswer answer)
    {
        public AttemptId Id => id;

        public StreamId Stream => stream;

        public bool IsOfClient => isOfClient;

        public HostState Host => host;

        public MonotonicTime At => at;

        public HeaderSnapshot Head => head;

        public AssumedAnswer Answer => answer;

        public bool IsAnswered { get; set; }

        public bool IsOver { get; set; }

        public int Status { get; set; }
    }
}
