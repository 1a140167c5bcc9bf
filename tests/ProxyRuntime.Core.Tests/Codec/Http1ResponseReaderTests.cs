using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Verdicts as recorded from Envoy: answers of an upstream.</summary>
public class Http1ResponseReaderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", ":status: 200|content-length: 2|body=ok;")]
    [InlineData("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", ":status: 200|content-length: 0|body=;")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", ":status: 200|transfer-encoding: Chunked|body=abc;")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nx-t: 1\r\n\r\n", ":status: 200|transfer-encoding: chunked|body=z;")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end", ":status: 200|body=until the end")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nold style", ":status: 200|body=old style")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", ":status: 204|body=;")]
    [InlineData("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n", ":status: 204|body=;")]
    [InlineData("HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n", ":status: 304|content-length: 10|body=;")]
    [InlineData("HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n", ":status: 304|transfer-encoding: chunked|body=;")]
    [InlineData("HTTP/1.1 200 OK\r\nhost: x\r\ncontent-length: 0\r\n\r\n", ":status: 200|host: x|content-length: 0|body=;")]
    [InlineData(
        "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        ":status: 103|link: x|interim;:status: 200|content-length: 0|body=;"
    )]
    [InlineData("HTTP/1.1 100\r\n\r\nHTTP/1.1 150 Why\r\nx: y\r\n\r\nHTTP/1.1 204 OK\r\n\r\n", ":status: 100|interim;:status: 204|body=;")]
    [InlineData("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", ":status: 101|upgrade: x|connection: upgrade|body=;")]
    [InlineData("xTTP/1.1 200 OK\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1200 OK\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\nbad header\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\nx: \u0001\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 100 Continue\r\ncontent-length: 5\r\n\r\n", "!ProtocolError")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", ":status: 200|content-length: 2|body=ok;!ProtocolError")]
    public void Responses_get_Envoys_verdict_however_they_are_cut(string wire, string expected) => AssertRead(wire, expected, "GET");

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", ":status: 200|content-length: 100|body=;")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", ":status: 200|transfer-encoding: chunked|body=;")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", ":status: 200|body=;")]
    public void The_answer_to_HEAD_has_no_body(string wire, string expected) => AssertRead(wire, expected, "HEAD");

    [Fact]
    public void An_upgrade_that_was_asked_for_and_CONNECT_lead_to_bytes_without_end()
    {
        const string upgrade = "GET connection=Upgrade upgrade=websocket";
        const string wire = "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n0\r\n\r\n";

        AssertRead(wire, ":status: 101|connection: Upgrade|upgrade: websocket|body=0\r\n\r\n", upgrade);
        AssertRead("HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\nno", ":status: 400|content-length: 2|body=no;", upgrade);
        AssertRead("HTTP/1.1 200 OK\r\n\r\nraw", ":status: 200|body=raw", "CONNECT");
        AssertRead("HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno", ":status: 403|content-length: 2|body=no;", "CONNECT");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: x, Close\r\ncontent-length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nproxy-connection: close\r\ncontent-length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", false)]
    public void A_response_says_whether_its_connection_takes_another_request(string wire, bool closes)
    {
        var reader = new Http1ResponseReader(Http1Settings.Upstream);
        reader.Expect(Wire.Head("GET"));

        Assert.Equal(Http1EventKind.Head, reader.Next(Encoding.ASCII.GetBytes(wire), new HeaderMap()).Kind);
        Assert.Equal(closes, reader.ClosesConnection);
        reader.Expect(Wire.Head("GET"));
        Assert.False(reader.ClosesConnection);
    }

    [Theory]
    [InlineData("", "BetweenMessages")]
    [InlineData("H", "BreaksResponse")]
    [InlineData("HTTP/1.1 200 OK\r\n", "BreaksResponse")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "BetweenMessages")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no", "BreaksResponse")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "BetweenMessages")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nz\r\n", "BreaksResponse")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil", "EndsResponse")]
    [InlineData("HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nraw", "BetweenMessages")]
    public void What_the_end_of_a_connection_means_depends_on_what_has_come(string wire, string expected)
    {
        var reader = new Http1ResponseReader(Http1Settings.Upstream);
        reader.Expect(Wire.Head("GET connection=upgrade upgrade=x"));
        var input = new ByteQueue();
        input.Append(Encoding.ASCII.GetBytes(wire));
        for (var found = reader.Next(input.Span, new HeaderMap()); found.Kind != Http1EventKind.NeedMore; found = reader.Next(input.Span, new HeaderMap()))
        {
            input.Consume(found.Consumed);
        }

        Assert.Equal(expected, reader.AtEndOfInput.ToString());
    }

    [Fact]
    public void Bytes_on_an_idle_connection_are_an_error_and_a_408_announces_its_end()
    {
        var reader = new Http1ResponseReader(Http1Settings.Upstream);

        Assert.Equal(Http1EventKind.NeedMore, reader.Next(""u8, new HeaderMap()).Kind);
        Assert.Equal(Http1EventKind.Error, reader.Next("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n"u8, new HeaderMap()).Kind);
        Assert.Equal(ResetReason.ConnectionTermination, reader.Error);
        Assert.Equal(Http1EventKind.Error, reader.Next("HTTP/1.1 200 OK\r\n\r\n"u8, new HeaderMap()).Kind);
        Assert.Equal(ResetReason.ProtocolError, reader.Error);
    }

    [Fact]
    public void Heads_have_limits_and_trailers_are_told_where_they_are_wanted()
    {
        var large = "HTTP/1.1 200 OK\r\nx: " + new string('y', 80 * 1024) + "\r\n\r\n";
        var many = "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("x: y\r\n", 101)) + "\r\n";
        const string trailers = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nX-T: 1\r\nhost: h\r\n\r\n";

        Assert.Equal("!ProtocolError", Wire.Response(large));
        Assert.Equal("!ProtocolError", Wire.Response(large[..^4]));
        Assert.Equal("!ProtocolError", Wire.Response(many));
        Assert.Equal(
            ":status: 200|transfer-encoding: chunked|body=z|x-t: 1|host: h|;",
            Wire.Response(trailers, settings: Http1Settings.Upstream with { EnableTrailers = true })
        );
    }

    private static void AssertRead(string wire, string expected, string request)
    {
        for (var piece = 1; piece <= wire.Length; piece++)
        {
            Assert.Equal(expected, Wire.Response(wire, piece, request));
        }
    }
}
