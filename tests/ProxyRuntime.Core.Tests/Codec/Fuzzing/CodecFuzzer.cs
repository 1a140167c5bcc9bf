using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// Reads mutated byte streams whole and in pieces. What reads in a way not seen before – another sequence of findings – joins the corpus, so
/// that mutations go on from there.
/// </summary>
internal sealed class CodecFuzzer
{
    /// <summary>A small limit, so that streams go beyond it.</summary>
    private const int MaxHeadersKb = 2;

    /// <summary>What may wait for more bytes: a head or trailers, or the line of a chunk, and what came with the last piece.</summary>
    private const int MaxWaiting = MaxHeadersKb * 1024;

    private static readonly string[] Marks =
    [
        "body=",
        "body=;",
        ";",
        "interim;",
        "|x-t: ",
        "transfer-encoding: ",
        "content-length: ",
        "upgrade: ",
        "connection: ",
        "expect: ",
        "HEAD|",
        "CONNECT|",
        ":authority: b",
        "EndsResponse",
        "BreaksResponse",
        "True",
    ];

    private readonly RandomStream random;
    private readonly Mutator mutator;
    private readonly Func<byte[], IEnumerable<int>, (string Text, int Waiting)> read;
    private readonly List<byte[]> corpus;
    private readonly HashSet<string> shapes = new(StringComparer.Ordinal);

    private CodecFuzzer(ulong seed, IEnumerable<byte[]> corpus, Func<byte[], IEnumerable<int>, (string Text, int Waiting)> read)
    {
        random = new RandomStream(seed);
        mutator = new Mutator(random);
        this.read = read;
        this.corpus = [.. corpus];
        foreach (var bytes in this.corpus)
        {
            _ = shapes.Add(Shape(read(bytes, []).Text));
        }
    }

    /// <summary>The corpus as it has grown.</summary>
    public IReadOnlyList<byte[]> Corpus => corpus;

    public static CodecFuzzer OfRequests(ulong seed, IEnumerable<byte[]> corpus) =>
        new(
            seed,
            corpus,
            static (bytes, cuts) =>
            {
                var reader = new Http1RequestReader(new Http1Settings { MaxHeadersKb = MaxHeadersKb, EnableTrailers = true });
                return Wire.Read(reader.Next, () => reader.Error.ToString(), bytes, cuts);
            }
        );

    /// <summary>
    /// The first byte of a stream says which request it answers. Why bytes that nobody asked for end the connection may depend on how many
    /// have come: the announcement of a timeout is known by its first line.
    /// </summary>
    public static CodecFuzzer OfResponses(ulong seed, IEnumerable<byte[]> corpus) =>
        new(
            seed,
            corpus,
            static (bytes, cuts) =>
            {
                var reader = new Http1ResponseReader(new Http1Settings { MaxHeadersKb = MaxHeadersKb, EnableTrailers = true });
                var request = bytes.Length == 0 ? 0 : bytes[0] % 4;
                reader.Expect(
                    Wire.Head(
                        request switch
                        {
                            0 => "GET",
                            1 => "HEAD",
                            2 => "CONNECT",
                            _ => "GET upgrade=websocket connection=upgrade",
                        }
                    )
                );
                var (text, waiting) = Wire.Read(
                    reader.Next,
                    static () => "",
                    bytes.Length == 0 ? [] : bytes[1..],
                    cuts.Select(static cut => Math.Max(0, cut - 1))
                );
                return ($"{text} {reader.AtEndOfInput} {reader.ClosesConnection}", waiting);
            }
        );

    /// <summary>One more stream. Fails where it reads otherwise in pieces, or where more waits than may.</summary>
    public void Step()
    {
        var bytes = mutator.Next(corpus);
        try
        {
            var (whole, _) = read(bytes, []);
            var cuts = mutator.Cuts(bytes.Length);
            var (pieces, waiting) = read(bytes, cuts);
            Assert.Equal(whole, pieces);
            Assert.InRange(waiting, 0, MaxWaiting + LongestPiece(cuts, bytes.Length));
            if (shapes.Add(Shape(whole)))
            {
                corpus.Add(bytes);
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Found with, base64: {Convert.ToBase64String(bytes)}\n{e.Message}", e);
        }
    }

    /// <summary>How many messages of which kind it was read as, up to three of each, what framed and ended them, and the error.</summary>
    private static string Shape(string text)
    {
        var shape = new StringBuilder();
        foreach (var mark in Marks)
        {
            _ = shape.Append(Math.Min(3, text.AsSpan().Count(mark)));
        }

        return shape.Append(text.LastIndexOf('!') is >= 0 and var error && text.Length - error < 60 ? text[error..] : "").ToString();
    }

    private static int LongestPiece(int[] cuts, int length)
    {
        var (longest, last) = (0, 0);
        foreach (var cut in cuts.Append(length))
        {
            longest = Math.Max(longest, cut - last);
            last = cut;
        }

        return longest;
    }
}
