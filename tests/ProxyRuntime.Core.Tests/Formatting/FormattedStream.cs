using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A request of which everything is known, to print formats of.</summary>
internal static class FormattedStream
{
    private const long Start = 1_000_003;

    /// <summary>Only the request has come: it began 2023-11-14 22:13:20.124456789 UTC.</summary>
    public static StreamInfo New()
    {
        var head = new HeaderMap();
        head.Add(":method", "GET");
        head.Add(":path", "/long/path?a=1&b=%20x&b=2&empty");
        head.Add(":authority", "svc.local:8080");
        head.Add(":scheme", "http");
        head.Add("x-a", "first");
        head.Add("x-a", "second");
        head.Add("x-request-id", "id-1");
        var info = new StreamInfo();
        info.Begin(
            new StreamId(new ConnectionId(5), 0),
            new ConnectionInfo("main", Snapshots.Client, Snapshots.Listener),
            Snapshots.Manager([]),
            new MonotonicTime(Start),
            1_700_000_000_124_456_789,
            head
        );
        return info;
    }

    /// <summary>The request was answered by a host: every moment is one millisecond and a bit after the one before it.</summary>
    public static StreamInfo Answered()
    {
        var info = New();
        var host = new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress("10.0.0.1", 80),
                Hostname = "one.example:80",
                Metadata = Metadata("envoy.lb", """{"version":"v7"}"""),
            }
        );
        info.UpstreamCluster = new ClusterSnapshot
        {
            Name = "svc",
            AltStatName = "alt",
            StatName = "alt",
            Metadata = Metadata("ns", """{"k":"cv"}"""),
        };
        info.ConnectionStart = At(-1);
        info.RequestHeadersComplete = At(1);
        info.RequestComplete = At(2);
        var upstream = new UpstreamInfo { Host = host, PoolAsked = At(3) };
        info.Follow(upstream);
        upstream.ConnectStart = At(4);
        upstream.ConnectEnd = At(5);
        upstream.Connection = new UpstreamConnectionId(9);
        upstream.LocalAddress = new NetworkAddress("10.9.0.2", 41_000);
        upstream.RemoteAddress = host.Address;
        upstream.Protocol = HttpProtocol.Http11;
        info.Attempted(upstream);
        upstream.PoolAnswered = At(6);
        upstream.FirstByteSent = At(7);
        upstream.LastByteSent = At(8);
        upstream.FirstByteReceived = At(9);
        upstream.FirstBodyByteReceived = At(10);
        upstream.LastByteReceived = At(11);
        info.DownstreamFirstByteSent = At(12);
        info.DownstreamLastByteSent = At(13);
        info.End = At(14);
        info.AttemptCount = 1;
        info.ResponseCode = 200;
        info.ResponseCodeDetails = "via_upstream";
        info.BytesReceived = 5;
        info.BytesSent = 100_000;
        info.LogType = LogEntryType.DownstreamEnd;
        info.Route = new Route
        {
            Name = "the-route",
            Match = new RouteMatch(PathSpecifier.Prefix, "/"),
            Action = new RouteAction { Cluster = "svc" },
            Metadata = Metadata("ns", """{"key":"v","list":[1,"two",null],"n":1.5,"none":null,"obj":{"b":true,"a":1},"q":"a\"b"}"""),
        };
        info.ResponseHeaders = new HeaderMap();
        info.ResponseHeaders.Add(":status", "200");
        info.ResponseHeaders.Add("x-up", "u");
        return info;
    }

    public static MetadataMap Metadata(string name, string json) => new([KeyValuePair.Create(name, MetadataJson.Parse(Encoding.UTF8.GetBytes(json)))]);

    public static string Print(this StreamInfo info, string format, FormatOptions? options = null)
    {
        var compiled = SubstitutionFormat.TryParse(Encoding.UTF8.GetBytes(format), options ?? FormatOptions.Default, out var problem);
        Assert.Null(problem);
        return compiled!.Print(info);
    }

    public static string PrintJson(this StreamInfo info, string format, FormatOptions? options = null)
    {
        var compiled = SubstitutionFormat.TryParseJson(MetadataJson.Parse(Encoding.UTF8.GetBytes(format)), options ?? FormatOptions.Default, out var problems);
        Assert.Empty(problems);
        return compiled!.Print(info);
    }

    public static string Print(this SubstitutionFormat format, StreamInfo info)
    {
        var output = new ByteBuffer();
        format.Write(info, output);
        return Encoding.UTF8.GetString(output.Span);
    }

    /// <summary>So many times 1.000001 milliseconds after the start.</summary>
    private static MonotonicTime At(int step) => new(Start + (step * 1_000_001L));
}
