using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Drives one proxy of one worker by hand and writes down each effect as a line of text.</summary>
internal sealed class WorkerHarness
{
    private readonly EffectBuffer effects = new();
    private readonly ProxyMain main;
    private int streams;

    public WorkerHarness(ProxySnapshot snapshot, ulong seed = 7)
    {
        Worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(seed), epochUnixNs: 1_700_000_000_123_456_789);
        main = new ProxyMain(snapshot);
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

        Worker.DownstreamConnection(Now, Connection, new ConnectionInfo("main", Snapshots.Client, Snapshots.Listener), effects);
        effects.Clear();
    }

    public Worker Worker { get; }

    public ConnectionId Connection { get; } = new(3);

    public Dictionary<string, ClusterMembership> Memberships { get; } = new(StringComparer.Ordinal);

    /// <summary>Tests begin at an odd instant, so that unit mistakes show.</summary>
    public MonotonicTime Now { get; private set; } = new(1_000_003);

    /// <summary>The last access log entry, copied: code, flags, details, attempts.</summary>
    public string? LastLog { get; private set; }

    /// <summary>The head of the last response that went downstream.</summary>
    public string ResponseHead { get; private set; } = "";

    /// <summary>The head of the last request that went upstream.</summary>
    public string RequestHead { get; private set; } = "";

    public string[] Get(string path = "/", params (string Name, string Value)[] headers) => Request("GET", path, endStream: true, headers);

    public string[] Request(string method, string path, bool endStream, params (string Name, string Value)[] headers)
    {
        LastStream = new StreamId(Connection, streams++);
        var head = Worker.RentHeaders();
        head.Add(":method", method);
        head.Add(":path", path);
        head.Add(":authority", "svc.local");
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        Worker.RequestHeaders(Now, LastStream, head, endStream, effects);
        return Take();
    }

    public StreamId LastStream { get; private set; }

    public string[] Connected(long connection) => Run(() => Worker.ConnectionResult(Now, new(connection), ConnectOutcome.Connected, "", effects));

    public string[] Refused(long connection) =>
        Run(() => Worker.ConnectionResult(Now, new(connection), ConnectOutcome.RemoteFailure, "delayed connect error: Connection refused", effects));

    public string[] Answer(long attempt, int status, bool endStream = true, params (string Name, string Value)[] headers)
    {
        var head = Worker.RentHeaders();
        head.Add(":status", status.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        return Run(() => Worker.ResponseHeaders(Now, new(attempt), head, endStream, effects));
    }

    public string[] Body(long bytes, bool endStream) => Run(() => Worker.RequestData(Now, LastStream, bytes, endStream, effects));

    public string[] AnswerBody(long attempt, long bytes, bool endStream) => Run(() => Worker.ResponseData(Now, new(attempt), bytes, endStream, effects));

    public string[] Run(Action input)
    {
        input();
        return Take();
    }

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

    private string[] Take()
    {
        var lines = new List<string>();
        foreach (ref readonly var effect in effects.Span)
        {
            lines.Add(Describe(effect));
        }

        effects.Clear();
        return [.. lines];
    }

    private string Describe(in Effect effect)
    {
        var end = effect.EndStream ? " end" : "";
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                return $"open {effect.Upstream} {effect.Host!.Address}";
            case EffectKind.StartAttempt:
                RequestHead = effect.Head!.ToString();
                return $"start {effect.Attempt} on {effect.Upstream}{end}";
            case EffectKind.LocalReply:
                ResponseHead = effect.Head!.ToString();
                return $"reply {effect.Head.StatusCode()} '{Encoding.Latin1.GetString(effect.Body.Span)}'";
            case EffectKind.ForwardHeaders:
                ResponseHead = effect.Head!.ToString();
                return $"headers {effect.Head.StatusCode()}{end}";
            case EffectKind.LogAccess:
                var log = effect.Log!;
                LastLog =
                    $"{log.ResponseCode} {string.Join(',', Enumerable.Range(0, log.Flags.Count).Select(i => log.Flags[i].ShortName()))} {log.ResponseCodeDetails} attempts={log.AttemptCount}";
                return "log";
            case EffectKind.CloseDownstream:
                return string.Create(CultureInfo.InvariantCulture, $"close downstream after {effect.Bytes / 1e6} ms");
            case EffectKind.SendData:
            case EffectKind.SendBuffered:
            case EffectKind.BufferBody:
            case EffectKind.ForwardData:
                return string.Create(CultureInfo.InvariantCulture, $"{effect.Kind} {effect.Bytes}{end}");
            case EffectKind.CloseConnection:
                return $"close {effect.Upstream}";
            case EffectKind.CancelAttempt:
                return $"cancel {effect.Attempt}";
            default:
                return effect.Kind.ToString() + end;
        }
    }
}
