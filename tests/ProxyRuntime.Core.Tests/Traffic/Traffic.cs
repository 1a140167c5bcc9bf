namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>One proxy among clients and hosts that do what random steps say: knows what is under way, and so what can happen next.</summary>
internal sealed class Traffic
{
    private readonly List<Client> clients = [];
    private readonly List<Request> requests = [];
    private readonly List<long> connecting = [];
    private readonly List<Attempt> attempts = [];
    private readonly Dictionary<StreamId, int> starts = [];
    private readonly Dictionary<StreamId, long> limits = [];
    private long lastClient = 10;
    private long lastGone;

    public Traffic(TrafficSettings settings)
    {
        Settings = settings;
        var snapshot = settings.ToSnapshot();
        Shared = new ProxyShared(snapshot);
        Proxy = new WorkerHarness(snapshot, settings.Seed, shared: Shared) { Watch = OnEffect };
        Hosts = Proxy.Memberships["svc"].Hosts;
    }

    public TrafficSettings Settings { get; }

    public WorkerHarness Proxy { get; }

    public ProxyShared Shared { get; }

    /// <summary>All hosts the cluster ever has.</summary>
    public IReadOnlyList<HostState> Hosts { get; }

    /// <summary>Requests that clients have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Connections of clients that are open, without the harness's own.</summary>
    public int Clients => clients.Count;

    /// <summary>Every effect in full, if wanted.</summary>
    public List<string>? Transcript { get; init; }

    /// <summary>What happened to how many requests, by words like <c>URX</c> or <c>hedged</c>.</summary>
    public SortedDictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    public void Take(TrafficStep step)
    {
        Transcript?.Add($"> {Proxy.Now.Nanoseconds} {step}");
        switch (step.What)
        {
            case TrafficEvent.Request or TrafficEvent.RequestBegin:
                Ask(step);
                break;
            case TrafficEvent.Body when Pick(requests.FindAll(static request => !request.Complete), step) is { } request:
                request.Complete = step.Ends;
                _ = Proxy.Run(buffer => Proxy.Worker.RequestData(Proxy.Now, request.Stream, step.Bytes, step.Ends, buffer));
                break;
            case TrafficEvent.Trailers when Pick(requests.FindAll(static request => !request.Complete), step) is { } request:
                request.Complete = true;
                var trailers = Proxy.Worker.RentHeaders();
                trailers.Add("x-t", "1");
                _ = Proxy.Run(buffer => Proxy.Worker.RequestTrailers(Proxy.Now, request.Stream, trailers, buffer));
                break;
            case TrafficEvent.ClientLeaves when Pick(clients, step) is { } client:
                Leave(client);
                break;
            case TrafficEvent.ClientResets when Pick(requests.FindAll(static request => request.Client.IsHttp2), step) is { } request:
                _ = Proxy.ClientResets(request.Stream);
                break;
            case TrafficEvent.Wait:
                _ = Proxy.Wait(step.Milliseconds);
                break;
            case TrafficEvent.Hosts:
                Change(step);
                break;
            default:
                TakeUpstream(step);
                break;
        }
    }

    /// <summary>
    /// Everything comes to its end: time goes by until all has timed out, or clients and hosts leave at once. Then connections close.
    /// </summary>
    /// <param name="whenQuiet">Nothing is under way any more.</param>
    public void Finish(Action whenQuiet)
    {
        if (Settings.Seed % 2 == 0)
        {
            _ = Proxy.Wait(7_200_000);
            whenQuiet();
            CloseAll();
        }
        else
        {
            CloseAll();
            whenQuiet();
        }
    }

    private void CloseAll()
    {
        foreach (var client in clients.ToArray())
        {
            Leave(client);
        }

        _ = Proxy.ClientLeaves();
        while (Proxy.Ledger.Connections is [var connection, ..])
        {
            Forget(connection.Value);
            _ = Proxy.UpstreamClosed(connection.Value);
        }

        // Maps of the last input are free only with the next.
        _ = Proxy.Run(buffer => Proxy.Worker.Advance(Proxy.Now, buffer));
    }

    private void TakeUpstream(TrafficStep step)
    {
        switch (step.What)
        {
            case TrafficEvent.Connected when connecting.Count > 0:
                _ = Proxy.Connected(TakeOut(connecting, step));
                break;
            case TrafficEvent.Refused when connecting.Count > 0:
                var outcome = step.Ends ? ConnectOutcome.RemoteFailure : ConnectOutcome.LocalFailure;
                _ = Proxy.FailConnect(TakeOut(connecting, step), outcome, "no");
                break;
            case TrafficEvent.Answer when Pick(attempts.FindAll(static attempt => !attempt.Answered), step) is { } attempt:
                Answer(attempt, step, end: step.Which % 3 > 0);
                break;
            case TrafficEvent.AnswerBody when Pick(attempts.FindAll(static attempt => attempt.Answered), step) is { } attempt:
                _ = step.Ends && attempts.Remove(attempt);
                _ = Proxy.AnswerBody(attempt.Id, step.Bytes, step.Ends);
                break;
            case TrafficEvent.AnswerTrailers when Pick(attempts.FindAll(static attempt => attempt.Answered), step) is { } attempt:
                _ = attempts.Remove(attempt);
                _ = Proxy.AnswerTrailers(attempt.Id, ("grpc-status", "14"));
                break;
            case TrafficEvent.Interim when Pick(attempts.FindAll(static attempt => !attempt.Answered), step) is { } attempt:
                _ = Proxy.Interim(attempt.Id, 103);
                break;
            case TrafficEvent.Reset when Pick(attempts, step) is { } attempt:
                _ = attempts.Remove(attempt);
                _ = Proxy.Reset(attempt.Id, step.Ends ? ResetReason.RemoteReset : ResetReason.RemoteRefusedStreamReset);
                break;
            case TrafficEvent.ConnectionCloses when Proxy.Ledger.Connections is { Length: > 0 } open:
                var closed = open[step.Which % open.Length].Value;
                Forget(closed);
                _ = Proxy.UpstreamClosed(closed, step.Amount == 0 ? ResetReason.ProtocolError : ResetReason.ConnectionTermination);
                break;
            case TrafficEvent.ConnectionEnds when Pick(attempts.FindAll(static attempt => !attempt.Answered), step) is { } attempt:
                _ = Proxy.ConnectionEnding(attempt.Connection.Value);
                Answer(attempt, step, end: true);
                Forget(attempt.Connection.Value);
                _ = Proxy.UpstreamClosed(attempt.Connection.Value);
                break;
            case TrafficEvent.GoAway when Pick(attempts, step) is { } attempt:
                _ = Proxy.GoAway(attempt.Connection.Value);
                break;
            case TrafficEvent.Late when lastGone > 0:
                Assert.Empty(Proxy.Answer(lastGone, 200));
                Assert.Empty(Proxy.AnswerBody(lastGone, 3, endStream: true));
                break;
        }
    }

    private void Ask(TrafficStep step)
    {
        var free = clients.FindAll(client => !client.IsClosing && (client.IsHttp2 || requests.TrueForAll(request => request.Client != client)));
        if (Pick(free, step) is not { } client || (step.Amount == 0 && clients.Count < Settings.Clients))
        {
            if (clients.Count >= Settings.Clients)
            {
                return;
            }

            client = new Client(new ConnectionId(++lastClient), IsHttp2: step.Ends);
            clients.Add(client);
            _ = Proxy.Connect(client.Id, Snapshots.Connection(protocol: client.IsHttp2 ? HttpProtocol.Http2 : HttpProtocol.Http11));
        }

        var complete = step.What == TrafficEvent.Request;
        (string Name, string Value)[] headers = step.Amount switch
        {
            1 => [Snapshots.Inside, ("x-envoy-retry-on", "5xx"), ("x-envoy-max-retries", "2")],
            2 => [Snapshots.Inside, ("x-envoy-max-retries", "1"), ("x-envoy-upstream-rq-timeout-alt-response", "1")],
            3 => [("content-type", "application/grpc"), ("grpc-timeout", "90m")],
            _ => [],
        };
        var request = new Request(new StreamId(client.Id, client.Requests++), client) { Complete = complete };
        requests.Add(request);
        Begun++;
        var asks = Settings.Retries.On != RetryOn.None || step.Amount == 1;
        limits[request.Stream] =
            !asks ? 0
            : step.Amount is 1 or 2 ? 3 - step.Amount
            : Settings.Retries.Number;
        _ = Proxy.RequestOn(client.Id, complete ? "GET" : "POST", "/", complete, headers);
        Assert.Equal(request.Stream, Proxy.LastStream);
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
        attempt.Answered = true;
        See("answered beside another", attempts.Any(other => other.Stream == attempt.Stream && other != attempt));
        _ = end && attempts.Remove(attempt);
        _ = Proxy.Answer(attempt.Id, step.Status, end, headers);
    }

    private void Leave(Client client)
    {
        _ = clients.Remove(client);
        _ = Proxy.ClientLeaves(client.Id);
    }

    /// <summary>Some hosts leave, or come back.</summary>
    private void Change(TrafficStep step)
    {
        var membership = new ClusterMembership("svc", [.. Hosts.Where((_, i) => ((step.Amount >> i) & 1) == 0)]);
        _ = Proxy.Run(buffer => Proxy.Worker.HostUpdate(Proxy.Now, membership, buffer));
    }

    private void OnEffect(Effect effect)
    {
        Transcript?.Add(EffectText.Of(effect));
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                connecting.Add(effect.Upstream.Value);
                break;
            case EffectKind.CloseConnection or EffectKind.CancelAttempt:
                Forget(effect.Upstream.Value);
                break;
            case EffectKind.StartAttempt:
                attempts.Add(new Attempt(effect.Attempt.Value, effect.Stream, effect.Upstream));
                starts[effect.Stream] = starts.GetValueOrDefault(effect.Stream) + 1;
                See("hedged", attempts.Count(attempt => attempt.Stream == effect.Stream) > 1);
                break;
            case EffectKind.CloseDownstream:
                clients.Find(client => client.Id == effect.Connection)!.IsClosing = true;
                break;
            case EffectKind.LogAccess:
                OnLog(effect);
                break;
        }
    }

    private void OnLog(in Effect effect)
    {
        var stream = effect.Stream;
        var log = LogLine.Of(effect);
        var started = starts.GetValueOrDefault(stream);
        Assert.InRange(log.Attempts, 0, 1 + limits[stream]);
        Assert.InRange(started, 0, log.Attempts);
        _ = starts.Remove(stream);
        if (log.Final)
        {
            _ = requests.RemoveAll(request => request.Stream == stream);
        }

        foreach (var word in (string[])[.. log.Flags.Split(','), log.Details.Split('{')[0], $"attempts {log.Attempts}", log.Final ? "final" : "redirected"])
        {
            See(word);
        }
    }

    private void See(string word, bool condition = true) => Seen[word] = Seen.GetValueOrDefault(word) + (condition ? 1 : 0);

    /// <summary>The connection is gone, and what was on it.</summary>
    private void Forget(long connection)
    {
        _ = connecting.Remove(connection);
        lastGone = attempts.Find(attempt => attempt.Connection.Value == connection)?.Id ?? lastGone;
        _ = attempts.RemoveAll(attempt => attempt.Connection.Value == connection);
    }

    private static T? Pick<T>(List<T> from, TrafficStep step)
        where T : class => from.Count == 0 ? null : from[step.Which % from.Count];

    private static long TakeOut(List<long> from, TrafficStep step)
    {
        var taken = from[step.Which % from.Count];
        _ = from.Remove(taken);
        return taken;
    }

    private sealed record Client(ConnectionId Id, bool IsHttp2)
    {
        public bool IsClosing { get; set; }

        public int Requests { get; set; }
    }

    private sealed record Request(StreamId Stream, Client Client)
    {
        public bool Complete { get; set; }
    }

    private sealed record Attempt(long Id, StreamId Stream, UpstreamConnectionId Connection)
    {
        public bool Answered { get; set; }
    }
}
