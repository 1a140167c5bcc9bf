using System.Text;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class Http1WriterTests
{
    [Theory]
    [InlineData(200, "", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]
    [InlineData(200, "hi", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")]
    [InlineData(204, "", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData(304, "", "HTTP/1.1 304 Not Modified\r\n\r\n")]
    [InlineData(418, "", "HTTP/1.1 418 Unknown\r\ncontent-length: 0\r\n\r\n")]
    [InlineData(799, "", "HTTP/1.1 799 Unknown\r\ncontent-length: 0\r\n\r\n")]
    public void A_response_is_framed_by_what_is_known_of_its_length(int status, string body, string expected) =>
        Assert.Equal(expected, Response(Head(":status", $"{status}"), body));

    [Fact]
    public void A_given_length_stays_and_the_answer_to_HEAD_has_none_of_its_own()
    {
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", Response(Head(":status", "200", "content-length", "2"), "hi"));
        Assert.Equal("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", Response(Head(":status", "200"), "", HttpRequestKind.Head));
        Assert.Equal("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", Response(Head(":status", "200", "content-length", "9"), "", HttpRequestKind.Head));
    }

    [Fact]
    public void Interim_answers_have_no_framing_and_tunnels_have_none_either()
    {
        var output = new ByteQueue();
        var writer = new Http1Writer(output, new Http1Settings());
        writer.WriteInformational(Head(":status", "103", "link", "x"));

        Assert.Equal("HTTP/1.1 103 Unknown\r\nlink: x\r\n\r\n", Text(output));
        Assert.Equal("HTTP/1.1 200 OK\r\n\r\nraw", Response(Head(":status", "200"), "raw", HttpRequestKind.Connect));
        Assert.Equal("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", Response(Head(":status", "403"), "", HttpRequestKind.Connect));
        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nraw",
            Response(Head(":status", "101", "connection", "upgrade", "upgrade", "x"), "raw")
        );
    }

    [Theory]
    [InlineData("GET", "", "GET /p HTTP/1.1\r\nhost: a\r\nx: y\r\n\r\n")]
    [InlineData("DELETE", "", "DELETE /p HTTP/1.1\r\nhost: a\r\nx: y\r\n\r\n")]
    [InlineData("OPTIONS", "", "OPTIONS /p HTTP/1.1\r\nhost: a\r\nx: y\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("POST", "", "POST /p HTTP/1.1\r\nhost: a\r\nx: y\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("GET", "0123456789ABCDEF", "GET /p HTTP/1.1\r\nhost: a\r\nx: y\r\ntransfer-encoding: chunked\r\n\r\n10\r\n0123456789ABCDEF\r\n0\r\n\r\n")]
    [InlineData("CONNECT", "raw", "CONNECT a HTTP/1.1\r\nhost: a\r\nx: y\r\n\r\nraw")]
    public void A_request_is_framed_by_its_method_and_body(string method, string body, string expected) =>
        Assert.Equal(expected, Request(Head(":method", method, ":path", "/p", ":authority", "a", ":scheme", "http", "x", "y"), body, new Http1Settings()));

    [Fact]
    public void Settings_change_how_requests_are_written()
    {
        var head = Head(":method", "GET", ":path", "/p", ":authority", "a", ":scheme", "http", "x-b3_traceid", "y");
        var settings = new Http1Settings { ProperCaseWords = true, SendFullyQualifiedUrl = true };

        Assert.Equal("GET http://a/p HTTP/1.1\r\nHost: a\r\nX-B3_Traceid: y\r\n\r\n", Request(head, "", settings));
    }

    [Fact]
    public void Trailers_are_written_behind_chunks_where_they_are_enabled()
    {
        string Write(bool enabled, params string[] head)
        {
            var output = new ByteQueue();
            var writer = new Http1Writer(output, new Http1Settings { EnableTrailers = enabled });
            writer.WriteResponseHead(Head(head), endStream: false, HttpRequestKind.Plain);
            output.Clear();
            writer.WriteTrailers(Head("x-t", "1"));
            return Text(output);
        }

        Assert.Equal("0\r\nx-t: 1\r\n\r\n", Write(true, ":status", "200"));
        Assert.Equal("0\r\n\r\n", Write(false, ":status", "200"));
        Assert.Equal("", Write(true, ":status", "200", "content-length", "0"));
    }

    /// <summary>What the writer writes the reader reads: heads, bodies of any size in any pieces, trailers.</summary>
    [Fact]
    public void A_written_message_is_read_back_unchanged() =>
        Gen.Select(Gen.Byte.Array[0, 300].Array[0, 4], Gen.Bool, Gen.Int[1, 700])
            .Sample(
                (chunks, sized, piece) =>
                {
                    var settings = new Http1Settings { EnableTrailers = true };
                    var body = string.Concat(chunks.Select(Encoding.Latin1.GetString));
                    var head = Head(":status", "200", "x", "y");
                    if (sized)
                    {
                        head.Add("content-length", $"{body.Length}");
                    }

                    var output = new ByteQueue();
                    var writer = new Http1Writer(output, settings);
                    writer.WriteResponseHead(head, endStream: false, HttpRequestKind.Plain);
                    foreach (var chunk in chunks)
                    {
                        writer.WriteData(chunk, endStream: false);
                    }

                    writer.WriteTrailers(Head("t", "1"));
                    var expected = sized
                        ? $":status: 200|x: y|content-length: {body.Length}|body={body};"
                        : $":status: 200|x: y|transfer-encoding: chunked|body={body}|t: 1|;";
                    Assert.Equal(expected, Wire.Response(Text(output), piece, settings: settings));
                },
                seed: "0000KP5sYDd4",
                iter: 400
            );

    /// <summary>Random changes of good messages: every reader ends, and never throws.</summary>
    [Fact]
    public void Random_bytes_never_break_a_reader()
    {
        var random = new RandomStream(99);
        const string request = "POST /a HTTP/1.1\r\nhost: a\r\nconnection: te\r\ntransfer-encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nt: 1\r\n\r\n";
        const string response = "HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
        for (var i = 0; i < 20_000; i++)
        {
            var piece = (int)random.NextModulo(40) + 1;
            _ = Wire.Requests(Changed(request, random), piece, new Http1Settings { EnableTrailers = i % 2 == 0, AllowCustomMethods = i % 3 == 0 });
            _ = Wire.Response(Changed(response, random), piece);
        }
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing_in_steady_state()
    {
        var request = Encoding.ASCII.GetBytes(
            "POST /a HTTP/1.1\r\nhost: a\r\nconnection: keep-alive, x\r\nX-Own: 1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        );
        var response = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX-Own: 1\r\ncontent-length: 3\r\n\r\nabc");
        var (input, output, map) = (new ByteQueue(), new ByteQueue(), new HeaderMap());
        var (requests, responses) = (new Http1RequestReader(new Http1Settings()), new Http1ResponseReader(Http1Settings.Upstream));
        var writer = new Http1Writer(output, Http1Settings.Upstream);
        void Exchange()
        {
            input.Append(request);
            for (var found = default(Http1Event); !found.EndsMessage; input.Consume(found.Consumed))
            {
                found = requests.Next(input.Span, map);
                if (found.Kind == Http1EventKind.Head)
                {
                    writer.WriteRequestHead(map, endStream: false);
                    responses.Expect(map);
                    map.Reset();
                }
                else
                {
                    writer.WriteData(input.Span.Slice(found.Offset, found.Count), found.EndsMessage);
                }
            }

            input.Append(response);
            for (var found = default(Http1Event); !found.EndsMessage; input.Consume(found.Consumed))
            {
                found = responses.Next(input.Span, map);
            }

            writer.WriteResponseHead(map, endStream: true, HttpRequestKind.Plain);
            map.Reset();
            output.Clear();
        }

        for (var i = 0; i < 100; i++)
        {
            Exchange();
        }

        var allocated = Allocation.Of(() =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                Exchange();
            }
        });

        Assert.Equal(0, allocated);
    }

    private static string Changed(string good, RandomStream random)
    {
        var bytes = good.ToCharArray();
        for (var change = random.NextModulo(6); change > 0; change--)
        {
            bytes[random.NextModulo(bytes.Length)] = (char)(byte)random.NextUInt64();
        }

        return new string(bytes);
    }

    private static HeaderMap Head(params string[] fields)
    {
        var head = new HeaderMap();
        for (var i = 0; i < fields.Length; i += 2)
        {
            head.Add(fields[i], fields[i + 1]);
        }

        return head;
    }

    private static string Response(HeaderMap head, string body, HttpRequestKind kind = HttpRequestKind.Plain)
    {
        var output = new ByteQueue();
        var writer = new Http1Writer(output, new Http1Settings());
        writer.WriteResponseHead(head, endStream: body.Length == 0, kind);
        if (body.Length > 0)
        {
            writer.WriteData(Encoding.ASCII.GetBytes(body), endStream: true);
        }

        return Text(output);
    }

    private static string Request(HeaderMap head, string body, Http1Settings settings)
    {
        var output = new ByteQueue();
        var writer = new Http1Writer(output, settings);
        writer.WriteRequestHead(head, endStream: body.Length == 0);
        if (body.Length > 0)
        {
            writer.WriteData(Encoding.ASCII.GetBytes(body), endStream: true);
        }

        return Text(output);
    }

    private static string Text(ByteQueue output) => Encoding.Latin1.GetString(output.Span);
}
