using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live.Tests;

public class CodecTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\n\r\n", ":method: GET|:path: /|:authority: a|end")]
    [InlineData("GET /x HTTP/1.1\nHost: a\n\n", ":method: GET|:path: /x|:authority: a|end")]
    [InlineData("POST / HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nhello", ":method: POST|:path: /|:authority: a|content-length: 5|more|hello|end")]
    [InlineData(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: Chunked\r\n\r\n3;x=1\r\nabc\r\n0002 \r\nde\r\n0\r\n\r\n",
        ":method: POST|:path: /|:authority: a|transfer-encoding: Chunked|more|abc|de|end"
    )]
    [InlineData("GET http://b/p?q HTTP/1.1\r\n\r\n", ":method: GET|:path: /p?q|:authority: b|end")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\nx:  spaced out \t\r\nempty:\r\n\r\n", ":method: GET|:path: /|:authority: a|x: spaced out|empty: |end")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", "Malformed")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\nx", "Malformed")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\nx", "InvalidTransferEncoding")]
    [InlineData("GET / HTTP/1.1\r\nhost: a\r\ncontent-length: +1\r\n\r\nx", "Malformed")]
    [InlineData("GET / HTTP/1.1\r\nbad name: x\r\n\r\n", "Malformed")]
    [InlineData("GET / HTTP/1.1\r\nx: a\u0001b\r\n\r\n", "Malformed")]
    [InlineData("GET / HTTP/1.0\r\nhost: a\r\n\r\n", "LowVersion")]
    [InlineData("GRT / HTTP/1.1\r\nhost: a\r\n\r\n", "Malformed")]
    [InlineData("\u0016\u0003\u0001", "Malformed")]
    [InlineData(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
        ":method: POST|:path: /|:authority: a|transfer-encoding: chunked|more|Malformed"
    )]
    public void Requests_are_taken_apart_the_same_however_they_are_cut(string wire, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(wire);

        Assert.Equal(expected, Read(bytes, bytes.Length));
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            // Data arrives in other pieces then, so pieces are joined before they are compared.
            Assert.Equal(Join(expected), Join(Read(bytes, cut)));
        }
    }

    [Fact]
    public void Heads_that_are_too_large_or_too_long_are_told_apart()
    {
        Assert.Equal("HeadersTooLarge", Read(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nx: " + new string('y', 70_000)), int.MaxValue));
        Assert.Equal(
            "TooManyHeaders",
            Read(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("x: y\r\n", 101)) + "\r\n"), int.MaxValue)
        );
    }

    /// <summary>Random bytes and random changes of good requests: every reader ends, and never throws.</summary>
    [Fact]
    public void Random_bytes_never_break_a_reader()
    {
        var random = new RandomStream(99);
        var good = Encoding.ASCII.GetBytes("POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var change = random.NextModulo(6); change >= 0; change--)
            {
                bytes[random.NextModulo(bytes.Length)] = (byte)random.NextUInt64();
            }

            _ = Read(bytes, (int)random.NextModulo(bytes.Length) + 1);
            var answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc");
            answer[random.NextModulo(answer.Length)] = (byte)random.NextUInt64();
            var reader = new ResponseReader();
            reader.Expect(headRequest: false);
            _ = Drain((span, map) => reader.Next(span, map), answer);
        }
    }

    private static string Join(string events) =>
        events.Replace("|more|", "|more|#", StringComparison.Ordinal).Split('#') is [var head, var body]
            ? head + body.Replace("|", "", StringComparison.Ordinal)
            : events;

    private static string Read(byte[] bytes, int cut)
    {
        var reader = new RequestReader(60 * 1024, 100);
        var input = new ByteQueue();
        var text = new List<string>();
        foreach (var part in (byte[][])[bytes[..Math.Min(cut, bytes.Length)], bytes[Math.Min(cut, bytes.Length)..]])
        {
            input.Append(part);
            if (!Take(reader, input, text))
            {
                break;
            }
        }

        return string.Join('|', text);
    }

    private static bool Take(RequestReader reader, ByteQueue input, List<string> text)
    {
        while (!text.Contains("end"))
        {
            var map = new HeaderMap();
            var found = reader.Next(input.Span, map);
            switch (found.Kind)
            {
                case MessageEventKind.Head:
                    text.AddRange(map.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
                    text.Add(found.EndStream ? "end" : "more");
                    break;
                case MessageEventKind.Data:
                    text.Add(Encoding.Latin1.GetString(input.Span.Slice(found.Offset, found.Count)));
                    if (found.EndStream)
                    {
                        text.Add("end");
                    }

                    break;
                case MessageEventKind.End:
                    text.Add("end");
                    break;
                case MessageEventKind.Error:
                    text.Add(reader.Error.ToString());
                    return false;
                default:
                    input.Consume(found.Consumed);
                    return true;
            }

            input.Consume(found.Consumed);
        }

        return false;
    }

    private delegate MessageEvent Next(ReadOnlySpan<byte> bytes, HeaderMap map);

    private static int Drain(Next next, byte[] bytes)
    {
        var at = 0;
        for (var steps = 0; steps < 1_000; steps++)
        {
            var found = next(bytes.AsSpan(at), new HeaderMap());
            at += found.Consumed;
            if (found.Kind is MessageEventKind.NeedMore or MessageEventKind.Error or MessageEventKind.End || found.EndStream)
            {
                return at;
            }
        }

        throw new InvalidOperationException("The reader does not end.");
    }
}
