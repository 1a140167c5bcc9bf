using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Drives one proxy of one worker by hand and writes down each effect as a line of text; a <see cref="ContractLedger"/> watches.</summary>
internal sealed class WorkerHarness
{
    public const long EpochUnixNs = 1_700_000_000_123_456_789;

    private readonly EffectBuffer effects = new();
    private readonly LineSink sink = new();
    private readonly AccessLogWriter logWriter;
    private readonly ProxyMain main;
    private readonly Dictionary<ConnectionId, int> requests = [];

    /// <param name="snapshot">Its clusters are static: their hosts are there at once.</param>
    /// <param name="seed">Of the worker's randomness; <see cref="Random"/> gives the same streams again.</param>
    /// <param name="client">How the first connection comes; null: to the listener <c>main</c>, in plain HTTP/1.1.</param>
    /// <param name="shared">What it shares with other workers of the same proxy; null: it is the only one.</param>
    public WorkerHarness(ProxySnapshot snapshot, ulong seed = 7, ConnectionInfo? client = null, ProxyShared? shared = null)
    {
        Shared = shared ?? new ProxyShared(snapshot);
        Random = new RandomSource(seed);
        logWriter = new AccessLogWriter(sink);
        Worker = new Worker(snapshot, Shared, new RandomSource(seed), EpochUnixNs);
        main = new ProxyMain(snapshot, new RandomSource(1));
        main.Start(Now, effects);
        foreach (var effect in effects.Span.ToArray())
        {
            if (effect.Membership is { } membership)
            {
                Memberships[membership.Cluster] = membership;
            }
        }

        effects.Clear();
        foreach (var membership in Memberships.Values)
        {
            Worker.HostUpdate(Now, membership, effects);
        }

        Connect(Connection, client ?? Snapshots.Connection());
    }

    public Worker Worker { get; }

    public ProxyShared Shared { get; }

    /// <summary>The source that the worker's streams of randomness are derived from.</summary>
    public RandomSource Random { get; }

    public ContractLedger Ledger { get; } = new();

    /// <summary>The first connection, on which requests come unless something else is said.</summary>
    public ConnectionId Connection { get; } = new(3);

    public StreamId LastStream { get; private set; }

    public Dictionary<string, ClusterMembership> Memberships { get; } = new(StringComparer.Ordinal);

    /// <summary>Tests begin at an odd instant, so that unit mistakes show.</summary>
    public MonotonicTime Now { get; private set; } = new(1_000_003);

    /// <summary>Is shown every effect, before the next one.</summary>
    public Action<Effect>? Watch { get; set; }

    /// <summary>The access log so far.</summary>
    public List<LogLine> Logs { get; } = [];

    /// <summary>Code, flags, details and attempts of the last request that was logged.</summary>
    public string? LastLog => Logs.Count == 0 ? null : Logs[^1].ToString();

    /// <summary>What was written to each access log, in order, as <c>path: line</c>.</summary>
    public List<string> Written => sink.Lines;

    /// <summary>The head of the last response that went downstream.</summary>
    public string ResponseHead { get; private set; } = "";

    /// <summary>The head of the last request of a client that went upstream.</summary>
    public string RequestHead { get; private set; } = "";

    /// <summary>The head of the last request that the proxy itself made.</summary>
    public string OwnRequestHead { get; private set; } = "";

    /// <summary>Opens another connection.</summary>
    public string[] Connect(ConnectionId id, ConnectionInfo info) => Run(buffer => Worker.DownstreamConnection(Now, id, info, buffer));

    // What a client does.

    /// <summary>Requests on a connection are numbered from 0 again.</summary>
    public void ForgetRequests(ConnectionId connection) => requests.Remove(connection);

    public string[] Get(string path = "/", params (string Name, string Value)[] headers) => Request("GET", path, endStream: true, headers);

    public string[] Request(string method, string path, bool endStream, params (string Name, string Value)[] headers) =>
        RequestOn(Connection, method, path, endStream, headers);

    /// <summary>A header <c>:authority</c> replaces the usual host; one whose value is empty leaves it out.</summary>
    public string[] RequestOn(ConnectionId connection, string method, string path, bool endStream, params (string Name, string Value)[] headers)
    {
        var number = requests.GetValueOrDefault(connection);
        requests[connection] = number + 1;
        LastStream = new StreamId(connection, number);
        Ledger.OnRequest(LastStream);
        var head = Worker.RentHeaders();
        head.Add(":method", method);
        if (path.Length > 0)
        {
            head.Add(":path", path);
        }

        if (!headers.Any(static header => header.Name == ":authority"))
        {
            head.Add(":authority", "svc.local");
        }

        foreach (var (name, value) in headers)
        {
            if (name != ":authority" || value.Length > 0)
            {
                head.Add(name, value);
            }
        }

        return Run(buffer => Worker.RequestHeaders(Now, LastStream, head, endStream, buffer));
    }

    /// <summary>The first bytes of a request have come, its headers not yet.</summary>
    public string[] RequestBegin()
    {
        var number = requests.GetValueOrDefault(Connection);
        LastStream = new StreamId(Connection, number);
        Ledger.OnRequest(LastStream);
        return Run(buffer => Worker.RequestBegin(Now, LastStream, buffer));
    }

    public string[] RequestRefused(RequestError error)
    {
        LastStream = new StreamId(Connection, requests.GetValueOrDefault(Connection));
        Ledger.OnRequest(LastStream);
        return Run(buffer => Worker.RequestRefused(Now, LastStream, error, buffer));
    }

    public string[] Body(long bytes, bool endStream) => Run(buffer => Worker.RequestData(Now, LastStream, bytes, endStream, buffer));

    public string[] Trailers(params (string Name, string Value)[] fields)
    {
        var map = Map(fields);
        return Run(buffer => Worker.RequestTrailers(Now, LastStream, map, buffer));
    }

    public string[] ClientLeaves() => ClientLeaves(Connection);

    public string[] ClientLeaves(ConnectionId connection)
    {
        Ledger.OnClientGone(connection);
        return Run(buffer => Worker.DownstreamClosed(Now, connection, buffer));
    }

    /// <summary>The client resets one stream of HTTP/2.</summary>
    public string[] ClientResets(StreamId stream)
    {
        Ledger.OnClientReset(stream);
        return Run(buffer => Worker.DownstreamReset(Now, stream, buffer));
    }

    // What upstream hosts do.

    public string[] Connected(long connection) =>
        Run(buffer => Worker.ConnectionResult(Now, new(connection), ConnectOutcome.Connected, "", Snapshots.ProxySide, buffer));

    public string[] Refused(long connection) => FailConnect(connection, ConnectOutcome.RemoteFailure, "delayed connect error: Connection refused");

    public string[] FailConnect(long connection, ConnectOutcome outcome, string reason)
    {
        Ledger.OnConnectionGone(new(connection));
        return Run(buffer => Worker.ConnectionResult(Now, new(connection), outcome, reason, null, buffer));
    }

    public string[] UpstreamClosed(long connection, ResetReason reason = ResetReason.ConnectionTermination)
    {
        Ledger.OnConnectionGone(new(connection));
        return Run(buffer => Worker.ConnectionClosed(Now, new(connection), reason, buffer));
    }

    /// <summary>The host says that it takes no more requests on a connection.</summary>
    public string[] GoAway(long connection)
    {
        Ledger.OnConnectionEnding(new(connection));
        return Run(buffer => Worker.GoAway(Now, new(connection), buffer));
    }

    /// <summary>The host says how many requests at once it takes on a connection of HTTP/2.</summary>
    public string[] Settings(long connection, uint maxConcurrentStreams) =>
        Run(buffer => Worker.UpstreamSettings(Now, new(connection), maxConcurrentStreams, buffer));

    /// <summary>With the response under way the host closes the connection.</summary>
    public string[] ConnectionEnding(long connection)
    {
        Ledger.OnConnectionEnding(new(connection));
        return Run(buffer => Worker.ConnectionEnding(Now, new(connection), buffer));
    }

    public string[] Reset(long attempt, ResetReason reason = ResetReason.RemoteReset)
    {
        Ledger.OnAttemptGone(new(attempt));
        return Run(buffer => Worker.UpstreamReset(Now, new(attempt), reason, buffer));
    }

    public string[] Interim(long attempt, int status, params (string Name, string Value)[] headers)
    {
        var head = Map([(":status", status.ToString(CultureInfo.InvariantCulture)), .. headers]);
        return Run(buffer => Worker.ResponseInformational(Now, new(attempt), head, buffer));
    }

    public string[] Answer(long attempt, int status, bool endStream = true, params (string Name, string Value)[] headers)
    {
        var head = Map([(":status", status.ToString(CultureInfo.InvariantCulture)), .. headers]);
        EndResponse(attempt, endStream);
        return Run(buffer => Worker.ResponseHeaders(Now, new(attempt), head, endStream, buffer));
    }

    public string[] AnswerBody(long attempt, long bytes, bool endStream)
    {
        EndResponse(attempt, endStream);
        return Run(buffer => Worker.ResponseData(Now, new(attempt), bytes, endStream, buffer));
    }

    public string[] AnswerContent(long attempt, string content, bool endStream)
    {
        EndResponse(attempt, endStream);
        return Run(buffer => Worker.ResponseContent(Now, new(attempt), Encoding.Latin1.GetBytes(content), endStream, buffer));
    }

    public string[] AnswerTrailers(long attempt, params (string Name, string Value)[] fields)
    {
        var map = Map(fields);
        EndResponse(attempt, endStream: true);
        return Run(buffer => Worker.ResponseTrailers(Now, new(attempt), map, buffer));
    }

    // Time and sight.

    public string[] Run(Action<EffectBuffer> input)
    {
        input(effects);
        return Take();
    }

    /// <summary>Goes from deadline to deadline for so many milliseconds.</summary>
    public string[] Wait(double milliseconds)
    {
        var end = Now.Plus((long)(milliseconds * MonotonicTime.NanosecondsPerMillisecond));
        List<string> lines = [];
        while (Worker.NextDeadline is { } deadline && deadline <= end)
        {
            Now = deadline > Now ? deadline : Now;
            Worker.Advance(Now, effects);
            lines.AddRange(Take());
        }

        Now = end;
        return [.. lines];
    }

    /// <summary>The moment of the next deadline, in milliseconds from now.</summary>
    public double? NextMs() => Worker.NextDeadline is { } deadline ? deadline.Since(Now) / 1e6 : null;

    public long Stat(string name) => Worker.View.Stats.Value(name);

    /// <summary>Sum and count of a histogram; (0, 0) if it does not exist.</summary>
    public (long Sum, long Count) Histogram(string name)
    {
        var found = Worker.View.Stats.Histograms.FirstOrDefault(histogram => histogram.Name == name);
        return (found?.Sum ?? 0, found?.Count ?? 0);
    }

    /// <summary>The host of that place in a cluster.</summary>
    public HostState Host(string cluster, int place = 0) => Memberships[cluster].Hosts[place];

    private void EndResponse(long attempt, bool endStream)
    {
        if (endStream)
        {
            Ledger.OnResponseEnd(new(attempt));
        }
    }

    private HeaderMap Map(ReadOnlySpan<(string Name, string Value)> fields)
    {
        var map = Worker.RentHeaders();
        foreach (var (name, value) in fields)
        {
            map.Add(name, value);
        }

        return map;
    }

    private string[] Take()
    {
        var lines = new List<string>();
        foreach (ref readonly var effect in effects.Span)
        {
            Ledger.OnEffect(effect);
            Note(effect);
            Watch?.Invoke(effect);
            lines.Add(EffectLine.Of(effect));
        }

        effects.Clear();
        return [.. lines];
    }

    private void Note(in Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.StartAttempt when effect.Stream.Connection.Value < 0:
                OwnRequestHead = effect.Head!.ToString();
                break;
            case EffectKind.StartAttempt:
                RequestHead = effect.Head!.ToString();
                break;
            case EffectKind.LocalReply or EffectKind.ForwardHeaders:
                ResponseHead = effect.Head!.ToString();
                break;
            case EffectKind.LogAccess:
                Logs.Add(LogLine.Of(effect));
                logWriter.Write(effect.Log!, effect.Bytes);
                break;
        }
    }
}
