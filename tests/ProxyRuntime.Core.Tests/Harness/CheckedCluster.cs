using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A main machine whose one cluster <c>svc</c> is checked; the test answers the checks. Effects are short lines.</summary>
internal sealed class CheckedCluster
{
    private readonly EffectBuffer effects = new();
    private MonotonicTime now = new(1_000_003);
    private bool isConnected;

    public CheckedCluster(
        HealthCheckSnapshot check,
        int hosts = 1,
        Func<ClusterSnapshot, ClusterSnapshot>? change = null,
        RuntimeSnapshot? runtime = null,
        ulong seed = 5
    )
    {
        var cluster = Snapshots.Cluster("svc", hosts) with { HealthChecks = [check], UpdateMergeWindowNs = 0 };
        var snapshot = Snapshots.Proxy(cluster: change?.Invoke(cluster) ?? cluster) with
        {
            Runtime = runtime ?? RuntimeSnapshot.Empty,
            OutlierEventLogPath = "/outliers",
        };
        Main = new ProxyMain(snapshot, new RandomSource(seed), epochUnixNs: 1_767_225_600_000_000_000);
    }

    public ProxyMain Main { get; }

    /// <summary>Events as they were written, <c>path line</c>.</summary>
    public List<string> Events { get; } = [];

    /// <summary>The heads of the checks that were sent.</summary>
    public List<string> Requests { get; } = [];

    public HostState[] Hosts => [.. Main.View.Clusters[0].Hosts];

    public string Health => string.Join(' ', Hosts.Select(static host => HostHealth.Text(host.Health)));

    /// <summary>The connection that was opened last.</summary>
    public long Connection { get; private set; }

    /// <summary>A check has no result yet.</summary>
    public bool IsAsking => Stat("health_check.attempt") > Stat("health_check.success") + Stat("health_check.failure");

    /// <summary>Milliseconds to the next deadline.</summary>
    public double NextMs => Main.NextDeadline!.Value.Since(now) / 1e6;

    public long Stat(string name) => Main.View.Stats.Value($"cluster.svc.{name}");

    public string[] Start() => Do(() => Main.Start(now, effects));

    public string[] Connect(long connection = 1) => Do(connection, new ProbeEvent(ProbeEventKind.Connected));

    public string[] Close(long connection = 1) => Do(connection, new ProbeEvent(ProbeEventKind.Closed));

    public string[] GoAway(long connection = 1) => Do(connection, new ProbeEvent(ProbeEventKind.GoAway));

    public string[] Reset(long connection = 1) => Do(connection, new ProbeEvent(ProbeEventKind.Reset));

    public string[] Data(string text, bool endStream = false, long connection = 1) =>
        Do(connection, new ProbeEvent(ProbeEventKind.Data) { Content = Encoding.Latin1.GetBytes(text), EndStream = endStream });

    public string[] Headers(int status, bool endStream, long connection = 1, params (string Name, string Value)[] headers) =>
        Do(
            connection,
            new ProbeEvent(ProbeEventKind.Headers)
            {
                Head = Map([(":status", status.ToString(CultureInfo.InvariantCulture)), .. headers]),
                EndStream = endStream,
            }
        );

    public string[] Trailers(long connection = 1, params (string Name, string Value)[] trailers) =>
        Do(connection, new ProbeEvent(ProbeEventKind.Trailers) { Head = Map(trailers) });

    /// <summary>An answer without body.</summary>
    public string[] Answer(int status, long connection = 1, params (string Name, string Value)[] headers) => Headers(status, true, connection, headers);

    /// <summary>An answer on the connection opened last, which comes up if need be.</summary>
    public string[] AnswerNext(int status, params (string Name, string Value)[] headers)
    {
        if (!isConnected)
        {
            Connect(Connection);
        }

        return Answer(status, Connection, headers);
    }

    public string[] Traffic() => Do(() => Main.TrafficBegan(now, "svc", effects));

    public string[] ImmediateFail(int host) => Do(() => Main.ImmediateHealthCheckFail(now, "svc", Hosts[host], effects));

    public string[] Eject(int host) => Do(() => Main.OutlierDetected(now, "svc", Hosts[host], EjectionType.Consecutive5xx, effects));

    /// <summary>The name <c>name</c>, asked for every millisecond, is answered.</summary>
    public string[] Dns(params string[] addresses)
    {
        Wait(1);
        return Do(() => Main.DnsResult(now, new DnsQuery("svc", "name", DnsLookupFamily.Auto), new DnsAnswer(true, [.. addresses]), effects));
    }

    /// <summary>The endpoints of a cluster of type EDS are read.</summary>
    public string[] Endpoints(EndpointsAnswer answer) => Do(() => Main.EndpointsUpdate(now, "svc", answer, effects));

    /// <summary>The endpoints of a cluster of type EDS are these.</summary>
    public string[] Endpoints(params EndpointSnapshot[] endpoints) => Endpoints(EndpointsAnswer.Of(new EndpointAssignment { Endpoints = [.. endpoints] }));

    /// <summary>Lets time pass, from deadline to deadline.</summary>
    public string[] Wait(double milliseconds)
    {
        var end = now.Plus((long)(milliseconds * 1e6));
        List<string> lines = [];
        while (Main.NextDeadline is { } deadline && deadline <= end)
        {
            now = deadline;
            lines.AddRange(Do(() => Main.Advance(now, effects)));
        }

        now = end;
        return [.. lines];
    }

    /// <summary>Waits for the next deadline.</summary>
    public string[] WaitForNext() => Wait(NextMs);

    private static HeaderMap Map(ReadOnlySpan<(string Name, string Value)> headers)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in headers)
        {
            map.Add(name, value);
        }

        return map.Freeze();
    }

    private string[] Do(long connection, ProbeEvent found)
    {
        isConnected |= found.Kind == ProbeEventKind.Connected;
        return Do(() => Main.Probe(now, new UpstreamConnectionId(connection), found, effects));
    }

    private string[] Do(Action input)
    {
        input();
        var lines = effects.Span.ToArray().Select(Line).Where(static line => line.Length > 0).ToArray();
        effects.Clear();
        return lines;
    }

    private string Line(Effect effect)
    {
        switch (effect.Kind)
        {
            case EffectKind.OpenProbe:
                Connection = effect.Upstream.Value;
                isConnected = false;
                return $"open {effect.Upstream} {effect.Probe!.Address}";
            case EffectKind.SendProbe when effect.Head is { } head:
                Requests.Add(head.ToString());
                return $"send {effect.Upstream} {Text(head.Get(HeaderName.Method))} {Text(head.Get(HeaderName.Path))}{Text(effect.Body.Span)}";
            case EffectKind.SendProbe:
                return $"send {effect.Upstream} '{Text(effect.Body.Span)}'";
            case EffectKind.CancelProbe or EffectKind.CloseProbe:
                return $"{(effect.Kind == EffectKind.CancelProbe ? "cancel" : "close")} {effect.Upstream}";
            case EffectKind.HostUpdate:
                return $"hosts {string.Join(' ', effect.Membership!.Health.Select(HostHealth.Text))}";
            case EffectKind.HostFailed:
                return $"failed {effect.Host!.Address}";
            case EffectKind.OpenListener:
                return "listen";
            case EffectKind.LogEvent:
                Events.Add($"{effect.File} {Text(effect.Body.Span)}");
                return "";
            case EffectKind.ResolveDns:
                return "";
            default:
                return $"{effect.Kind}";
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

/// <summary>Checks for tests.</summary>
internal static class HealthChecks
{
    /// <summary>Every tenth of a second, three failures, two passes.</summary>
    public static HealthCheckSnapshot Of(ProbeSnapshot probe) =>
        new()
        {
            Probe = probe,
            TimeoutNs = 50 * Snapshots.Millisecond,
            IntervalNs = 100 * Snapshots.Millisecond,
            NoTrafficIntervalNs = 100 * Snapshots.Millisecond,
            UnhealthyThreshold = 3,
            HealthyThreshold = 2,
        };

    public static HealthCheckSnapshot Http(HttpProbeSnapshot? probe = null) => Of(probe ?? new HttpProbeSnapshot("/healthz"));

    public static HealthCheckSnapshot Tcp(string send = "", params string[] receive) =>
        Of(new TcpProbeSnapshot { Send = Bytes(send), Receive = Payloads(receive) });

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static ImmutableArray<ReadOnlyMemory<byte>> Payloads(params string[] texts) => [.. texts.Select(Bytes)];
}
