using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Makes new byte streams of old ones: bits turned, pieces left out, doubled, moved between streams, words of HTTP put in.</summary>
internal sealed class Mutator(RandomStream random)
{
    private const int MaxLength = 16 * 1024;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            " ",
            "\t",
            ":",
            ": ",
            "\0",
            "0\r\n\r\n",
            "5\r\nhello\r\n",
            "fffffffffffffffff\r\n",
            "7fffffffffffffff\r\n",
            ";a=b",
            "content-length: 5\r\n",
            "content-length: -1\r\n",
            "content-length: 5, 5\r\n",
            "content-length: 18446744073709551616\r\n",
            "transfer-encoding: chunked\r\n",
            "transfer-encoding: gzip, chunked\r\n",
            "Transfer-Encoding : chunked\r\n",
            "connection: close\r\n",
            "connection: upgrade\r\nupgrade: websocket\r\n",
            "connection: HTTP2-Settings, upgrade\r\nupgrade: h2c\r\n",
            "expect: 100-continue\r\n",
            "host: a\r\n",
            "trailer: x\r\n",
            "x: ",
            "x_y: 1\r\n",
            " folded\r\n",
            "GET / HTTP/1.1\r\n",
            "HEAD ",
            "CONNECT a:1 HTTP/1.1\r\n",
            "POST http://a/b HTTP/1.1\r\n",
            "OPTIONS * HTTP/1.1\r\n",
            "HTTP/1.0",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n",
            "HTTP/1.1 204 No Content\r\n",
            "HTTP/1.1 304 x\r\n",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 99 x\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\u00e9",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    /// <summary>A stream made of one of these, and perhaps of a second.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        var bytes = new List<byte>(corpus[Below(corpus.Count)]);
        for (var steps = 1 + Below(4); steps > 0; steps--)
        {
            Step(bytes, corpus);
        }

        return [.. bytes.Take(MaxLength)];
    }

    /// <summary>Where a stream of so many bytes is cut, in rising order.</summary>
    public int[] Cuts(int length) =>
        Below(4) == 0 ? [.. Enumerable.Range(1, Math.Max(0, length - 1))] : [.. Enumerable.Range(0, Below(8)).Select(_ => Below(length + 1)).Order()];

    private void Step(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        var at = Below(bytes.Count + 1);
        var count = Math.Min(1 + Below(Below(4) == 0 ? 64 : 8), bytes.Count - at);
        switch (Below(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << Below(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)Below(256);
                break;
            case 2:
                bytes.RemoveRange(at, count);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 4:
                var piece = bytes.GetRange(at, count);
                for (var times = Below(400); times > 0 && bytes.Count < MaxLength; times--)
                {
                    bytes.InsertRange(at, piece);
                }

                break;
            case 5:
                bytes.AddRange(corpus[Below(corpus.Count)]);
                break;
            default:
                bytes.InsertRange(at, Words[Below(Words.Length)]);
                break;
        }
    }

    private int Below(int bound) => (int)random.NextModulo(bound);
}
