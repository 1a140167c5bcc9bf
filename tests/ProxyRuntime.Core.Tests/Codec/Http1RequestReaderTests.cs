namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Verdicts as recorded from Envoy: request framing, header lines, limits, targets.</summary>
public class Http1RequestReaderTests
{
    private const string Get = ":method: GET|";
    private const string Chunked = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    private const string ChunkedHead = ":method: POST|:authority: a|transfer-encoding: chunked|:path: /|body=";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\n\r\n", Get + ":authority: a|:path: /|body=;")]
    [InlineData("GET /x?y HTTP/1.1\nHost: a\n\n", Get + ":authority: a|:path: /x?y|body=;")]
    [InlineData("\r\n\nGET / HTTP/1.1\r\nhost: a\n\r\n", Get + ":authority: a|:path: /|body=;")]
    [InlineData("GET  \t/   HTTP/1.1  \r\nhost: a\r\n\r\n", Get + ":authority: a|:path: /|body=;")]
    [InlineData("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", ":method: OPTIONS|:authority: a|:path: *|body=;")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello", ":method: POST|:authority: a|content-length: 5|:path: /|body=hello;")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n", ":method: POST|:authority: a|content-length: 0|:path: /|body=;")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\n\r\n", ":method: POST|:authority: a|:path: /|body=;")]
    [InlineData("GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\n\r\n", Get + ":authority: a|:path: /1|body=;" + Get + ":path: /2|body=;")]
    [InlineData("GARBAGE / HTTP/1.1\r\nhost: a\r\n\r\n", "!Malformed")]
    [InlineData("get / HTTP/1.1\r\nhost: a\r\n\r\n", "!Malformed")]
    [InlineData("\u0016\u0003\u0001", "!Malformed")]
    [InlineData("GET\r\n", "!Malformed")]
    [InlineData("GET /a b HTTP/1.1\r\n", "!Malformed")]
    [InlineData("GET / HTTP/11\r\n", "!Malformed")]
    [InlineData("GET / FTP/1.1\r\n", "!Malformed")]
    [InlineData("GET x HTTP/1.1\r\n", "!Malformed")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\n", "!Malformed")]
    [InlineData("GET / HTTP/1.0\r\nhost: a\r\n\r\n", "!LowVersion")]
    [InlineData("GET / HTTP/1.2\r\nhost: a\r\n\r\n", "!LowVersion")]
    [InlineData("GET /\r\n", "!LowVersion")]
    [InlineData("GET * HTTP/1.1\r\nhost: a\r\n\r\n", "!InvalidUrl")]
    public void A_request_line_and_its_framing_are_read_the_same_however_they_are_cut(string wire, string expected) => AssertRead(wire, expected);

    [Theory]
    [InlineData("GET / HTTP/1.0\r\nhost: a\r\n\r\n", Get + ":authority: a|:path: /|body=;")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", Get + ":path: /|:authority: old|body=;")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", Get + ":path: /|body=;")]
    [InlineData("GET /\r\n", "!LowVersion")]
    public void HTTP_1_0_is_read_where_it_is_accepted(string wire, string expected) =>
        Assert.Equal(expected, Wire.Requests(wire, settings: new Http1Settings { AcceptHttp10 = true, DefaultHostForHttp10 = "old" }));

    [Theory]
    [InlineData("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world;")]
    [InlineData("5;ext=1;q=\"a\"\r\nhello\r\n0\r\n\r\n", "hello;")]
    [InlineData("5 \r\nhello\r\n5\t\r\nworld\r\n0\r\n\r\n", "helloworld;")]
    [InlineData("00000000000000000005\r\nhello\r\n000\r\n\r\n", "hello;")]
    [InlineData("A\r\n0123456789\r\n0\r\n\r\n", "0123456789;")]
    [InlineData("5\r\nhelloX\r\n0\r\n\r\n", "hello;")]
    [InlineData("5\r\nhello\r\n0\r\n", "hello")]
    [InlineData("1\r\nz\r\n0\r\nx-t: 1\r\ncontent-length: 3\r\n\r\n", "z;")]
    [InlineData("0\r\n\r\nGET / HTTP/1.1\r\n\r\n", ";:method: GET|:path: /|body=;")]
    [InlineData(" 5\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("+5\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("5\n\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("5;a\rb\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "!Malformed")]
    [InlineData("5\r\nhello0\r\n\r\n", "hello!Malformed")]
    [InlineData("5\r\nhello\n0\r\n\r\n", "hello!Malformed")]
    [InlineData("0\r\n\n", "!Malformed")]
    [InlineData("0\r\nx y: 1\r\n\r\n", "!Malformed")]
    [InlineData("0\r\nx: \u0001\r\n\r\n", "!InvalidCharacters")]
    public void Chunks_are_read_as_Envoy_reads_them(string body, string expected) => AssertRead(Chunked + body, ChunkedHead + expected);

    [Theory]
    [InlineData("content-length: 1\r\ncontent-length: 1", "!Malformed")]
    [InlineData("content-length: +1", "!Malformed")]
    [InlineData("content-length:", "!Malformed")]
    [InlineData("content-length: 99999999999999999999", "!Malformed")]
    [InlineData("content-length: 1\r\ntransfer-encoding: chunked", "!ContentLengthAndChunked")]
    [InlineData("transfer-encoding: gzip", "!InvalidTransferEncoding")]
    [InlineData("transfer-encoding: gzip, chunked", "!InvalidTransferEncoding")]
    [InlineData("transfer-encoding: chunked\r\ntransfer-encoding: chunked", "!InvalidTransferEncoding")]
    [InlineData("x y: 1", "!Malformed")]
    [InlineData("x : 1", "!Malformed")]
    [InlineData(": 1", "!Malformed")]
    [InlineData("x", "!Malformed")]
    [InlineData("x\u00e9: 1", "!Malformed")]
    [InlineData("x(: 1", "!Malformed")]
    [InlineData(":path: /", "!Malformed")]
    [InlineData("x: a\u0000b", "!InvalidCharacters")]
    [InlineData("x: a\u007fb", "!InvalidCharacters")]
    [InlineData("x\u0001: a", "!InvalidCharacters")]
    [InlineData("host: svc local", "!InvalidAuthority")]
    [InlineData("host: a/b", "!InvalidAuthority")]
    [InlineData("host: a\r\n x: 1", "!InvalidAuthority")]
    [InlineData("connection: x-forwarded-for", "!ConnectionHeaderRejected")]
    [InlineData("connection: close, X-Forwarded-Host", "!ConnectionHeaderRejected")]
    [InlineData("connection: :path", "!ConnectionHeaderRejected")]
    [InlineData("connection: a,b,c,d,e,f,g,h,i,j", "!ConnectionHeaderRejected")]
    [InlineData("connection: a,b,c,,d,e,f,g,h,i", "connection: a,b,c,,d,e,f,g,h,i|:path: /|body=;")]
    [InlineData("x:", "x: |:path: /|body=;")]
    [InlineData("x: \t spaced \t ", "x: spaced|:path: /|body=;")]
    [InlineData("x: \u0080\u00ff\"q\"", "x: \u0080\u00ff\"q\"|:path: /|body=;")]
    [InlineData("x: a\rb", "x: ab|:path: /|body=;")]
    [InlineData("x: 1\n continued", "x: 1 continued|:path: /|body=;")]
    [InlineData("x: 1\r\n\tfolded\r\n again", "x: 1\tfolded again|:path: /|body=;")]
    [InlineData("X_Under: 1\nx-b: 2", "x_under: 1|x-b: 2|:path: /|body=;")]
    [InlineData("cookie: a=1\r\ncookie: b=2\r\nx: 1\r\nx: 2", "cookie: a=1|cookie: b=2|x: 1|x: 2|:path: /|body=;")]
    [InlineData("x-forwarded-for: 1\r\nx-forwarded-for: 2", "x-forwarded-for: 1,2|:path: /|body=;")]
    [InlineData("host: a.b\r\nhost: c", ":authority: a.b,c|:path: /|body=;")]
    [InlineData("host:", ":authority: |:path: /|body=;")]
    [InlineData("host: [::1]:99999", ":authority: [::1]:99999|:path: /|body=;")]
    [InlineData("upgrade: h2c\r\nconnection: Upgrade, HTTP2-Settings\r\nhttp2-settings: AAM", ":path: /|body=;")]
    [InlineData("upgrade: h2c\r\nconnection: upgrade, close", "connection: close|:path: /|body=;")]
    public void Header_lines_get_Envoys_verdict(string lines, string expected) =>
        AssertRead("GET / HTTP/1.1\r\n" + lines + "\r\n\r\n", expected[0] == '!' ? expected : Get + expected);

    [Theory]
    [InlineData("GET http://b.c:81/p?q", ":authority: b.c:81|:path: /p?q|:scheme: http|body=;")]
    [InlineData("GET HTTP://b", ":authority: b|:path: /|:scheme: http|body=;")]
    [InlineData("GET http://b?q", ":authority: b|:path: ?q|:scheme: http|body=;")]
    [InlineData("GET http://u:p@b/", ":authority: b|:path: /|:scheme: http|body=;")]
    [InlineData("GET http://[::1]:80/", ":authority: [::1]:80|:path: /|:scheme: http|body=;")]
    [InlineData("GET http://", "!InvalidUrl")]
    [InlineData("GET http:///p", "!InvalidUrl")]
    [InlineData("GET http://b:/", "!InvalidUrl")]
    [InlineData("GET http://b:99999/", "!InvalidUrl")]
    [InlineData("GET http://[x]/", "!InvalidUrl")]
    [InlineData("GET http://a|b/", "!Malformed")]
    [InlineData("GET ftp://b/", "!InvalidScheme")]
    [InlineData("GET https://b/", "!HttpsInPlaintext")]
    [InlineData("CONNECT b:443", ":authority: b:443|body=")]
    [InlineData("CONNECT b", "!InvalidUrl")]
    [InlineData("CONNECT /b", "!InvalidUrl")]
    public void The_host_of_an_absolute_target_takes_the_place_of_the_host_header(string line, string expected)
    {
        var head = expected[0] == '!' ? expected : $":method: {line[..line.IndexOf(' ')]}|{expected}";
        AssertRead(line + " HTTP/1.1\r\nhost: other\r\n\r\n", head);
    }

    [Fact]
    public void Https_may_be_named_on_an_encrypted_connection() =>
        Assert.Equal(Get + ":authority: b|:path: /|:scheme: https|body=;", Wire.Requests("GET https://b/ HTTP/1.1\r\n\r\n", isTls: true));

    [Theory]
    [InlineData("CONNECT a:1 HTTP/1.1\r\ncontent-length: 0\r\n\r\nraw", ":method: CONNECT|:authority: a:1|body=raw")]
    [InlineData("CONNECT a:1 HTTP/1.1\r\ncontent-length: 3\r\n\r\nraw", "!BodyDisallowed")]
    [InlineData("CONNECT a:1 HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", "!InvalidTransferEncoding")]
    [InlineData(
        "GET /ws HTTP/1.1\r\nhost: a\r\nconnection: keep-alive, Upgrade\r\nupgrade: websocket\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        Get + ":authority: a|connection: keep-alive, Upgrade|upgrade: websocket|:path: /ws|body=GET / HTTP/1.1\r\n\r\n"
    )]
    public void Behind_an_upgrade_and_behind_CONNECT_bytes_are_no_HTTP_any_more(string wire, string expected) => AssertRead(wire, expected);

    [Fact]
    public void Settings_allow_more_or_less()
    {
        const string both = "POST / HTTP/1.1\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\nz\r\n0\r\nX-T: 1\r\n\r\n";
        var settings = new Http1Settings
        {
            AllowChunkedLength = true,
            EnableTrailers = true,
            AllowCustomMethods = true,
            AllowAbsoluteUrl = false,
            Underscores = HeadersWithUnderscoresAction.DropHeader,
        };

        Assert.Equal(":method: POST|transfer-encoding: chunked|:path: /|body=z|x-t: 1|;", Wire.Requests(both, settings: settings));
        Assert.Equal(":method: x-y|x: 1|:path: http://b/|body=;", Wire.Requests("x-y http://b/ HTTP/1.1\r\nx_y: 1\r\nx: 1\r\n\r\n", settings: settings));
        Assert.Equal(
            "!UnexpectedUnderscore",
            Wire.Requests("GET / HTTP/1.1\r\nx_y: 1\r\n\r\n", settings: settings with { Underscores = HeadersWithUnderscoresAction.RejectRequest })
        );
    }

    [Fact]
    public void The_whole_head_may_be_as_long_as_the_limit_and_no_longer()
    {
        var settings = new Http1Settings { MaxHeadersKb = 1 };
        const string frame = "GET / HTTP/1.1\r\nx: \r\n\r\n";
        var fits = frame.Replace("x: ", "x: " + new string('y', 1024 - frame.Length));
        var complete = fits.Replace("x: ", "x: y");
        var path = "GET /" + new string('p', 1100) + " HTTP/1.1\r\n\r\n";

        Assert.Equal(1024, fits.Length);
        Assert.EndsWith("body=;", Wire.Requests(fits, settings: settings));
        Assert.EndsWith("body=;", Wire.Requests(fits, piece: 7, settings: settings));
        foreach (var piece in (int[])[int.MaxValue, 1, 100])
        {
            Assert.Equal("!HeadersTooLarge", Wire.Requests(complete, piece, settings));
            Assert.Equal("!HeadersTooLarge", Wire.Requests(path, piece, settings));
            Assert.Equal("!HeadersTooLarge", Wire.Requests(complete[..^1], piece, settings));
        }
    }

    [Fact]
    public void As_many_lines_as_the_limit_and_no_more_host_included()
    {
        string Lines(int count) => "GET / HTTP/1.1\r\nhost: a\r\n" + string.Concat(Enumerable.Range(1, count - 1).Select(i => $"x-{i}: y\r\n")) + "\r\n";

        Assert.EndsWith("body=;", Wire.Requests(Lines(100)));
        Assert.Equal("!TooManyHeaders", Wire.Requests(Lines(101)));
        Assert.Equal("!TooManyHeaders", Wire.Requests(Lines(4), settings: new Http1Settings { MaxHeadersCount = 3 }));
    }

    [Fact]
    public void Trailers_have_the_limits_of_heads()
    {
        var settings = new Http1Settings { MaxHeadersKb = 1, MaxHeadersCount = 3 };
        var large = Chunked + "0\r\nx: " + new string('y', 1024) + "\r\n\r\n";
        var many = Chunked + "0\r\na: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\n\r\n";

        Assert.Equal(ChunkedHead + "!HeadersTooLarge", Wire.Requests(large, settings: settings));
        Assert.Equal(ChunkedHead + ";", Wire.Requests(many, settings: settings));
        Assert.Equal(ChunkedHead + "!TooManyHeaders", Wire.Requests(many, settings: settings with { EnableTrailers = true }));
    }

    [Fact]
    public void The_beginning_of_a_request_is_told_once_and_only_if_its_head_is_not_all_there()
    {
        var reader = new Http1RequestReader(new Http1Settings());
        var map = new HeaderMap();

        Assert.Equal(Http1EventKind.NeedMore, reader.Next(""u8, map).Kind);
        Assert.Equal(new Http1Event(Http1EventKind.Begin, 2), reader.Next("\r\n"u8, map));
        Assert.Equal(Http1EventKind.NeedMore, reader.Next("GET / HT"u8, map).Kind);
        Assert.Equal(Http1EventKind.Head, reader.Next("GET / HTTP/1.1\r\n\r\n"u8, map).Kind);
        Assert.Equal(Http1EventKind.NeedMore, reader.Next(""u8, map).Kind);
        Assert.Equal(Http1EventKind.Begin, reader.Next("G"u8, map).Kind);
        Assert.Equal(Http1EventKind.Head, reader.Next("GET / HTTP/1.1\r\n\r\n"u8, new HeaderMap()).Kind);
        Assert.Equal(Http1EventKind.Head, reader.Next("GET / HTTP/1.1\r\n\r\n"u8, new HeaderMap()).Kind);
    }

    private static void AssertRead(string wire, string expected)
    {
        Assert.Equal(expected, Wire.Requests(wire));
        for (var piece = 1; piece < Math.Min(wire.Length, 40); piece++)
        {
            Assert.Equal(expected, Wire.Requests(wire, piece));
        }
    }
}
