namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Each expectation is spelled out as the bytes it stands for.</summary>
public class BytesMeterTests
{
    private readonly BytesMeter meter = new();

    [Fact]
    public void A_request_without_body_that_came_in()
    {
        meter.RequestReceived(Map((":method", "GET"), (":path", "/a"), (":scheme", "http"), (":authority", "svc"), ("x-a", "bc")));

        Assert.Equal("GET /a HTTP/1.1\r\nhost: svc\r\nx-a: bc\r\n\r\n".Length, meter.WireBytesReceived);
        Assert.Equal("host:svc\r\nx-a:bc\r\n".Length, meter.HeaderBytesReceived);
        Assert.Equal(0, meter.WireBytesSent);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("HEAD", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "content-length: 0\r\n")]
    [InlineData("PUT", "content-length: 0\r\n")]
    public void A_request_without_body_that_was_sent(string method, string framing)
    {
        meter.RequestSent(Map((":method", method), (":path", "/"), (":authority", "svc")), endStream: true);

        Assert.Equal($"{method} / HTTP/1.1\r\nhost: svc\r\n{framing}\r\n".Length, meter.WireBytesSent);
        Assert.Equal($"host: svc\r\n{framing}".Length, meter.HeaderBytesSent);
    }

    [Fact]
    public void A_body_of_known_length_has_no_frame()
    {
        meter.ResponseSent(Map((":status", "200"), ("content-length", "300")), endStream: false, HttpRequestKind.Plain);
        meter.DataSent(100, endStream: false);
        meter.DataSent(200, endStream: true);

        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n".Length + 300, meter.WireBytesSent);
    }

    [Fact]
    public void A_body_of_unknown_length_goes_in_chunks()
    {
        meter.ResponseSent(Map((":status", "404")), endStream: false, HttpRequestKind.Plain);
        meter.DataSent(9, endStream: false);
        meter.DataSent(256, endStream: false);
        meter.DataSent(0, endStream: true);

        var head = "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n".Length;
        Assert.Equal(head + "9\r\n\r\n".Length + 9 + "100\r\n\r\n".Length + 256 + "0\r\n\r\n".Length, meter.WireBytesSent);
    }

    [Fact]
    public void Trailers_follow_the_last_chunk_and_count_as_headers()
    {
        meter.RequestSent(Map((":method", "POST"), (":path", "/"), (":authority", "s")), endStream: false);
        meter.TrailersSent(Map(("a", "b")), enabled: true);
        meter.RequestReceived(Map((":method", "POST"), (":path", "/"), (":authority", "s"), ("transfer-encoding", "chunked")));
        meter.TrailersReceived(Map(("a", "b")));

        const string chunked = "host: s\r\ntransfer-encoding: chunked\r\n";
        Assert.Equal($"POST / HTTP/1.1\r\n{chunked}\r\n0\r\na: b\r\n\r\n".Length, meter.WireBytesSent);
        Assert.Equal($"{chunked}a: b\r\n".Length, meter.HeaderBytesSent);
        Assert.Equal(meter.WireBytesSent, meter.WireBytesReceived);
        Assert.Equal(meter.HeaderBytesSent - 3, meter.HeaderBytesReceived);
    }

    [Fact]
    public void Trailers_that_are_not_enabled_stay_behind()
    {
        meter.ResponseSent(Map((":status", "200")), endStream: false, HttpRequestKind.Plain);
        meter.TrailersSent(Map(("a", "b")), enabled: false);

        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".Length, meter.WireBytesSent);
    }

    [Fact]
    public void Tunnels_have_no_frame()
    {
        meter.RequestSent(Map((":method", "CONNECT"), (":authority", "svc:443")), endStream: false);
        meter.ResponseSent(Map((":status", "200")), endStream: false, HttpRequestKind.Connect);
        meter.DataSent(5, endStream: false);

        Assert.Equal("CONNECT svc:443 HTTP/1.1\r\nhost: svc:443\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".Length + 5, meter.WireBytesSent);
    }

    [Theory]
    [InlineData(100, "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData(204, "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData(304, "HTTP/1.1 304 Not Modified\r\n\r\n")]
    [InlineData(500, "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n")]
    [InlineData(598, "HTTP/1.1 598 Unknown\r\ncontent-length: 0\r\n\r\n")]
    public void A_response_without_body(int status, string bytes)
    {
        meter.ResponseSent(Map((":status", $"{status}")), endStream: true, HttpRequestKind.Plain);

        Assert.Equal(bytes.Length, meter.WireBytesSent);
    }

    [Fact]
    public void An_answer_to_head_has_no_body_and_says_nothing_of_one()
    {
        meter.ResponseSent(Map((":status", "200"), ("x-a", "b")), endStream: true, HttpRequestKind.Head);

        // Without content-length the codec says that the answer to a GET would be chunked.
        Assert.Equal("HTTP/1.1 200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n".Length, meter.WireBytesSent);
    }

    private static HeaderMap Map(params (string Name, string Value)[] fields)
    {
        var map = new HeaderMap();
        foreach (var (name, value) in fields)
        {
            map.Add(name, value);
        }

        return map;
    }
}
