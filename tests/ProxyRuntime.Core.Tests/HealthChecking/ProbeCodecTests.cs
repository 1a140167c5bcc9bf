using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What a connection for health checks says and hears as bytes.</summary>
public class ProbeCodecTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    private readonly ByteQueue input = new();
    private readonly ByteQueue output = new();

    [Theory]
    [InlineData(Ok + "content-length: 2\r\n\r\nok", "headers 200, data ok end")]
    [InlineData(Ok + "content-length: 0\r\n\r\n", "headers 200 end")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "headers 204 end")]
    [InlineData(Ok + "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "headers 200, data ok, data  end")]
    [InlineData(Ok + "transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-t: 1\r\n\r\n", "headers 200, data ok, trailers x-t: 1")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + Ok + "content-length: 0\r\n\r\n", "headers 200 end")]
    [InlineData(Ok + "connection: close\r\ncontent-length: 2\r\n\r\nok", "goaway, headers 200, data ok end")]
    [InlineData(Ok + "content-length: 2\r\n\r\n", "headers 200")]
    [InlineData("HTTP/1.1 200", "")]
    [InlineData("no HTTP\r\n\r\n", "closed")]
    public void An_answer_is_taken_apart(string wire, string found)
    {
        var codec = Asked();
        input.Append(Encoding.Latin1.GetBytes(wire));

        Assert.Equal(found, Read(codec));
    }

    [Theory]
    [InlineData("", "closed")]
    [InlineData(Ok + "content-length: 2\r\n\r\no", "headers 200, data o, closed")]
    [InlineData(Ok + "content-length: 2\r\n\r\nok", "headers 200, data ok end, closed")]
    [InlineData(Ok + "\r\nok", "headers 200, data ok, data  end, closed")]
    [InlineData(Ok + "connection: close\r\n\r\n", "goaway, headers 200, data  end, closed")]
    public void That_the_peer_closes_may_end_an_answer(string wire, string found)
    {
        var codec = Asked();
        input.Append(Encoding.Latin1.GetBytes(wire));
        codec.InputEnded = true;

        Assert.Equal(found, Read(codec));
    }

    [Fact]
    public void Nothing_comes_after_the_end()
    {
        var codec = Asked();
        input.Append("no HTTP\r\n\r\n"u8);
        Assert.Equal("closed", Read(codec));

        input.Append("HTTP/1.1 204 No Content\r\n\r\n"u8);
        Assert.Equal("", Read(codec));
    }

    [Fact]
    public void Bytes_are_passed_on_as_they_are()
    {
        var codec = new ProbeCodec(ProbeProtocol.Raw, Http1Settings.Upstream, input, output);
        codec.Send(new Effect { Kind = EffectKind.SendProbe, Body = HealthChecks.Bytes("ping") });
        Assert.Equal("ping", Encoding.Latin1.GetString(output.Span));

        input.Append("po"u8);
        Assert.Equal("data po", Read(codec));
        input.Append("ng"u8);
        codec.InputEnded = true;
        Assert.Equal("data ng, closed", Read(codec));
        Assert.Equal("", Read(codec));
    }

    [Fact]
    public void A_check_goes_out_with_its_body()
    {
        var codec = new ProbeCodec(ProbeProtocol.Http1, Http1Settings.Upstream, input, output);
        codec.Send(Request("GET", ""));
        Assert.Equal("GET /h HTTP/1.1\r\nhost: svc\r\n\r\n", Encoding.Latin1.GetString(output.Span));

        output.Clear();
        codec.Send(Request("POST", "ping"));
        Assert.Equal("POST /h HTTP/1.1\r\nhost: svc\r\ncontent-length: 4\r\n\r\nping", Encoding.Latin1.GetString(output.Span));
    }

    [Fact]
    public void Checks_over_HTTP2_are_named_with_their_place()
    {
        var cluster = Snapshots.Cluster("svc", 1);
        var plain = cluster with { HealthChecks = [HealthChecks.Http(), HealthChecks.Tcp()] };
        var grpc = cluster with { HealthChecks = [HealthChecks.Http(), HealthChecks.Of(new GrpcProbeSnapshot())] };

        Assert.Null(SpokenProtocols.FirstUnspoken(Snapshots.Proxy(cluster: plain)));
        Assert.StartsWith("cluster 'svc', health_checks: GRPC", SpokenProtocols.FirstUnspoken(Snapshots.Proxy(cluster: grpc)), StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => new ProbeCodec(ProbeProtocol.Http2, Http1Settings.Upstream, input, output));
    }

    /// <summary>A codec over which a check has gone out; trailers are read.</summary>
    private ProbeCodec Asked()
    {
        var codec = new ProbeCodec(ProbeProtocol.Http1, Http1Settings.Upstream with { EnableTrailers = true }, input, output);
        codec.Send(Request("GET", ""));
        return codec;
    }

    private static Effect Request(string method, string body)
    {
        var head = ProbeRequests.New(method, "svc", "/h");
        if (body.Length > 0)
        {
            head.Set(HeaderName.ContentLength, body.Length);
        }

        return new Effect
        {
            Kind = EffectKind.SendProbe,
            Head = head,
            Body = HealthChecks.Bytes(body),
            EndStream = body.Length == 0,
        };
    }

    private static string Read(ProbeCodec codec)
    {
        List<string> lines = [];
        while (codec.TryNext(out var found))
        {
            var what = found.Kind switch
            {
                ProbeEventKind.Headers => $" {found.Head!.StatusCode()}",
                ProbeEventKind.Trailers => $" {found.Head!.ToString().TrimEnd()}",
                ProbeEventKind.Data => $" {Encoding.Latin1.GetString(found.Content.Span)}",
                _ => "",
            };
            lines.Add($"{found.Kind.ToString().ToLowerInvariant()}{what}{(found.EndStream ? " end" : "")}");
        }

        return string.Join(", ", lines);
    }
}
