using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Drives a worker whose chain is one filter and the router. Connections come up at once; what the proxy sends is written down by
/// cluster, and a test says what is answered. Cluster <c>svc</c> is what the route leads to, <c>side</c> what filters call.
/// </summary>
internal sealed class FilterHarness
{
    public const string FilterName = "filter.under.test";
    public const long EpochUnixNs = 1_700_000_000_123_456_789;

    private static readonly ConnectionId Connection = new(3);

    private readonly EffectBuffer effects = new();
    private readonly SortedDictionary<string, ClusterMembership> memberships = new(StringComparer.Ordinal);
    private int streams;

    public FilterHarness(IHttpFilterSettings settings, FilterSetup? setup = null)
    {
        var use = setup ?? new FilterSetup();
        var snapshot = use.Proxy(new HttpFilterSnapshot(FilterName, settings));
        Worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(7), EpochUnixNs);
        var main = new ProxyMain(snapshot, new RandomSource(1));
        main.Start(Now, effects);
        foreach (var effect in effects.Span.ToArray())
        {
            if (effect.Membership is { } membership)
            {
                memberships[membership.Cluster] = membership;
            }
        }

        effects.Clear();
        foreach (var membership in memberships.Values)
        {
            Worker.HostUpdate(Now, membership, effects);
        }

        Worker.DownstreamConnection(Now, Connection, use.Client, effects);
        CarryOut();
        Wait(0);
    }

    public Worker Worker { get; }

    /// <summary>Tests begin at an odd instant, so that unit mistakes show.</summary>
    public MonotonicTime Now { get; private set; } = new(1_000_003);

    public long UnixSeconds => (EpochUnixNs + Now.Nanoseconds) / MonotonicTime.NanosecondsPerSecond;

    /// <summary>What was sent to each cluster and has not been answered, oldest first.</summary>
    public SortedDictionary<string, List<SentRequest>> Sent { get; } =
        new(StringComparer.Ordinal)
        {
            ["svc"] = [],
            ["other"] = [],
            ["side"] = [],
        };

    /// <summary>Status of the last response; 0 while there is none.</summary>
    public int Status { get; private set; }

    /// <summary>Head of the last response.</summary>
    public string Response { get; private set; } = "";

    /// <summary>Body of the last response, if the proxy made it itself.</summary>
    public string Body { get; private set; } = "";

    /// <summary>Flags and details of the last request that is over.</summary>
    public string Log { get; private set; } = "";

    /// <summary>A format to write when a request is over.</summary>
    public string Format { get; set; } = "";

    /// <summary>What the format made of the last request that is over.</summary>
    public string Formatted { get; private set; } = "";

    public DynamicMetadata Metadata { get; private set; } = new();

    /// <summary>A request without a body.</summary>
    public void Get(string path = "/", params (string Name, string Value)[] headers) => Begin("GET", path, endStream: true, headers);

    public void Begin(string method, string path, bool endStream, params (string Name, string Value)[] headers)
    {
        (Status, Response, Body, Log) = (0, "", "", "");
        var head = Worker.RentHeaders();
        head.Add(":method", method);
        head.Add(":path", path);
        head.Add(":authority", "svc.local");
        foreach (var (name, value) in headers)
        {
            head.Add(name, value);
        }

        Worker.RequestHeaders(Now, new StreamId(Connection, streams++), head, endStream, effects);
        CarryOut();
    }

    public void Data(long bytes, bool endStream)
    {
        Worker.RequestData(Now, new StreamId(Connection, streams - 1), bytes, endStream, effects);
        CarryOut();
    }

    public void Trailers(params (string Name, string Value)[] headers)
    {
        Worker.RequestTrailers(Now, new StreamId(Connection, streams - 1), Map("", headers), effects);
        CarryOut();
    }

    public void ClientLeaves()
    {
        Worker.DownstreamReset(Now, new StreamId(Connection, streams - 1), effects);
        CarryOut();
    }

    /// <summary>Answers the oldest request to a cluster.</summary>
    public void Answer(string cluster, int status, string body = "", params (string Name, string Value)[] headers) =>
        Answer(cluster, status, Encoding.UTF8.GetBytes(body), trailers: null, headers);

    /// <param name="trailers">Null for none.</param>
    public void Answer(string cluster, int status, byte[] body, (string Name, string Value)[]? trailers, params (string Name, string Value)[] headers)
    {
        var attempt = Take(cluster);
        var hasBody = body.Length > 0 || trailers is not null;
        Worker.ResponseHeaders(Now, attempt, Map(status.ToString(CultureInfo.InvariantCulture), headers), !hasBody, effects);
        CarryOut();
        if (body.Length > 0)
        {
            Worker.ResponseContent(Now, attempt, body, trailers is null, effects);
            CarryOut();
        }

        if (trailers is not null)
        {
            Worker.ResponseTrailers(Now, attempt, Map("", trailers), effects);
            CarryOut();
        }
    }

    public void Reset(string cluster)
    {
        Worker.UpstreamReset(Now, Take(cluster), ResetReason.RemoteReset, effects);
        CarryOut();
    }

    /// <summary>Goes from deadline to deadline for so many milliseconds.</summary>
    public void Wait(double milliseconds)
    {
        var end = Now.Plus((long)(milliseconds * MonotonicTime.NanosecondsPerMillisecond));
        while (Worker.NextDeadline is { } deadline && deadline <= end)
        {
            Now = deadline > Now ? deadline : Now;
            Worker.Advance(Now, effects);
            CarryOut();
        }

        Now = end;
    }

    public long Stat(string name) => Worker.View.Stats.Value(name);

    /// <summary>The value of a header of the last response; null if it is absent. Several lines are joined.</summary>
    public string? ResponseHeader(string name) => Find(Response, name);

    internal static string? Find(string head, string name)
    {
        var values = head.Split('\n').Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..]).ToArray();
        return values.Length == 0 ? null : string.Join('|', values);
    }

    private AttemptId Take(string cluster)
    {
        var request = Sent[cluster][0];
        Sent[cluster].RemoveAt(0);
        return request.Attempt;
    }

    private HeaderMap Map(string status, (string Name, string Value)[] headers)
    {
        var map = Worker.RentHeaders();
        if (status.Length > 0)
        {
            map.Add(":status", status);
        }

        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map;
    }

    private readonly Dictionary<UpstreamConnectionId, string> connections = [];
    private readonly Dictionary<StreamId, long> kept = [];

    private void CarryOut()
    {
        while (effects.Count > 0)
        {
            var opened = new List<UpstreamConnectionId>();
            foreach (var effect in effects.Span.ToArray())
            {
                CarryOut(effect, opened);
            }

            effects.Clear();
            foreach (var connection in opened)
            {
                Worker.ConnectionResult(Now, connection, ConnectOutcome.Connected, "", null, effects);
            }
        }
    }

    private void CarryOut(in Effect effect, List<UpstreamConnectionId> opened)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenConnection:
                connections[effect.Upstream] = ClusterOf(effect.Host!);
                opened.Add(effect.Upstream);
                break;
            case EffectKind.StartAttempt:
                Sent[connections[effect.Upstream]].Add(new SentRequest(effect.Attempt, effect.Head!.ToString(), effect.EndStream));
                break;
            case EffectKind.SendBody:
                Request(effect.Attempt).Own = effect.Body.ToArray();
                Request(effect.Attempt).IsEnded |= effect.EndStream;
                break;
            case EffectKind.SendData:
            case EffectKind.SendBuffered:
                Assert.True(effect.Kind != EffectKind.SendBuffered || kept.GetValueOrDefault(effect.Stream) >= effect.Bytes);
                Request(effect.Attempt).Bytes += effect.Bytes;
                Request(effect.Attempt).IsEnded |= effect.EndStream;
                break;
            case EffectKind.SendTrailers:
                Request(effect.Attempt).IsEnded = true;
                break;
            case EffectKind.BufferBody:
                kept[effect.Stream] = kept.GetValueOrDefault(effect.Stream) + effect.Bytes;
                break;
            case EffectKind.CopyBody:
                Assert.True(kept.GetValueOrDefault(effect.Source) >= effect.Bytes);
                kept[effect.Stream] = effect.Bytes;
                break;
            case EffectKind.ReleaseBody:
                kept.Remove(effect.Stream);
                break;
            case EffectKind.CancelAttempt:
                var cancelled = effect.Attempt;
                foreach (var requests in Sent.Values)
                {
                    requests.RemoveAll(request => request.Attempt == cancelled);
                }

                break;
            case EffectKind.LocalReply:
                (Status, Response, Body) = (effect.Head!.StatusCode(), effect.Head.ToString(), Encoding.Latin1.GetString(effect.Body.Span));
                break;
            case EffectKind.ForwardHeaders:
                (Status, Response) = (effect.Head!.StatusCode(), effect.Head.ToString());
                break;
            case EffectKind.LogAccess:
                var log = effect.Log!;
                Log = $"{string.Join(',', Enumerable.Range(0, log.Flags.Count).Select(i => log.Flags[i].ShortName()))} {log.ResponseCodeDetails}".Trim();
                Metadata = Copy(log.DynamicMetadata);
                var line = new ByteBuffer();
                SubstitutionFormat.TryParse(Format, out _)!.WriteValue(log, line);
                Formatted = Encoding.Latin1.GetString(line.Span);
                break;
        }
    }

    private static DynamicMetadata Copy(DynamicMetadata metadata)
    {
        var copy = new DynamicMetadata();
        foreach (var (name, fields) in metadata.Namespaces)
        {
            copy.Merge(name, fields);
        }

        return copy;
    }

    private SentRequest Request(AttemptId attempt) => Sent.Values.SelectMany(static requests => requests).Single(request => request.Attempt == attempt);

    private string ClusterOf(HostState host) => memberships.Values.First(membership => membership.Hosts.Contains(host)).Cluster;
}

/// <summary>A request that went upstream.</summary>
internal sealed class SentRequest(AttemptId attempt, string head, bool isEnded)
{
    public AttemptId Attempt { get; } = attempt;

    public string Head { get; } = head;

    /// <summary>The body that the proxy made itself.</summary>
    public byte[] Own { get; set; } = [];

    /// <summary>How many bytes of the client's body went with it.</summary>
    public long Bytes { get; set; }

    public bool IsEnded { get; set; } = isEnded;

    /// <summary>The value of a header; null if it is absent. Several lines are joined.</summary>
    public string? this[string name] => FilterHarness.Find(Head, name);
}

/// <summary>What is around the filter under test.</summary>
internal sealed record FilterSetup
{
    public ConnectionInfo Client { get; init; } = new("main", new NetworkAddress("192.0.2.7", 40_001), new NetworkAddress("127.0.0.1", 15_001));

    /// <summary>Routes before the one that takes everything to <c>svc</c>.</summary>
    public Route[] Routes { get; init; } = [];

    /// <summary>Settings for the filter on the route to <c>svc</c>.</summary>
    public IRouteFilterSettings? OnRoute { get; init; }

    /// <summary>Settings for the filter on its virtual host.</summary>
    public IRouteFilterSettings? OnHost { get; init; }

    /// <summary>Filters before the one under test.</summary>
    public HttpFilterSnapshot[] Before { get; init; } = [];

    public RuntimeSnapshot Runtime { get; init; } = RuntimeSnapshot.Empty;

    /// <summary>The cluster <c>side</c> is there.</summary>
    public bool HasSide { get; init; } = true;

    public Func<HttpConnectionManagerSnapshot, HttpConnectionManagerSnapshot> Change { get; init; } = static manager => manager;

    public ProxySnapshot Proxy(HttpFilterSnapshot filter)
    {
        var host = new VirtualHost
        {
            Name = "all",
            Domains = ["*"],
            Routes = [.. Routes, To("/", "svc") with { PerFilterConfig = Config(OnRoute) }],
            PerFilterConfig = Config(OnHost),
        };
        var manager = new HttpConnectionManagerSnapshot
        {
            StatPrefix = "ingress",
            RouteTable = new RouteTable("local", [host]),
            HttpFilters = [.. Before, filter, new HttpFilterSnapshot("envoy.filters.http.router", new RouterSettings())],
        };
        return new ProxySnapshot
        {
            Runtime = Runtime,
            Clusters = [Cluster("svc", "10.0.0.1"), Cluster("other", "10.0.0.2"), .. HasSide ? [Cluster("side", "10.0.0.3")] : Array.Empty<ClusterSnapshot>()],
            Listeners =
            [
                new ListenerSnapshot
                {
                    Name = "main",
                    Address = new NetworkAddress("127.0.0.1", 15_001),
                    StatPrefix = "127.0.0.1_15001",
                    ConnectionManager = Change(manager),
                },
            ],
        };
    }

    public static Route To(string prefix, string cluster) =>
        new()
        {
            Match = new RouteMatch(PathSpecifier.Prefix, prefix),
            Action = new RouteAction { Cluster = cluster },
        };

    public static PerFilterConfig Config(IRouteFilterSettings? settings) =>
        settings is null ? PerFilterConfig.None : new PerFilterConfig([new PerFilterEntry(FilterHarness.FilterName, settings)]);

    private static ClusterSnapshot Cluster(string name, string address) =>
        new()
        {
            Name = name,
            StatName = name,
            Endpoints = [new EndpointSnapshot { Address = address, Port = 80 }],
        };
}
