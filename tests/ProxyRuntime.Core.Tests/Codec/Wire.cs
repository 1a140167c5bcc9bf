using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Gives bytes to a reader in pieces and writes down what it finds: headers, body, end, or what was wrong.</summary>
internal static class Wire
{
    public delegate Http1Event Next(ReadOnlySpan<byte> bytes, HeaderMap map);

    public static string Requests(string wire, int piece = int.MaxValue, Http1Settings? settings = null, bool isTls = false)
    {
        var reader = new Http1RequestReader(settings ?? new Http1Settings(), isTls);
        return Read(reader.Next, () => reader.Error.ToString(), wire, piece);
    }

    public static string Response(string wire, int piece = int.MaxValue, string request = "GET", Http1Settings? settings = null)
    {
        var reader = new Http1ResponseReader(settings ?? Http1Settings.Upstream);
        reader.Expect(Head(request));
        return Read(reader.Next, () => reader.Error.ToString(), wire, piece);
    }

    /// <summary><c>GET</c>, or <c>GET upgrade=websocket connection=upgrade</c>.</summary>
    public static HeaderMap Head(string words)
    {
        var parts = words.Split(' ');
        var head = new HeaderMap();
        head.Add(":method", parts[0]);
        foreach (var part in parts[1..])
        {
            head.Add(part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]);
        }

        return head;
    }

    /// <summary>What is found in bytes that come in pieces, cut at these places, and how many bytes at most waited for more.</summary>
    public static (string Text, int Waiting) Read(Next next, Func<string> error, byte[] bytes, IEnumerable<int> cuts)
    {
        var input = new ByteQueue();
        var text = new StringBuilder();
        var (at, waiting) = (0, 0);
        foreach (var cut in cuts.Append(bytes.Length))
        {
            input.Append(bytes.AsSpan(at, cut - at));
            at = cut;
            if (!Take(next, error, input, text))
            {
                break;
            }

            waiting = Math.Max(waiting, input.Length);
        }

        return (text.ToString(), waiting);
    }

    private static string Read(Next next, Func<string> error, string wire, int piece)
    {
        var cuts = Enumerable.Range(1, (wire.Length - 1) / piece).Select(i => i * piece);
        return Read(next, error, Encoding.Latin1.GetBytes(wire), cuts).Text;
    }

    private static bool Take(Next next, Func<string> error, ByteQueue input, StringBuilder text)
    {
        while (true)
        {
            var map = new HeaderMap();
            var found = next(input.Span, map);
            switch (found.Kind)
            {
                case Http1EventKind.Head:
                case Http1EventKind.Informational:
                    _ = text.Append(map.ToString().Replace('\n', '|')).Append(found.Kind == Http1EventKind.Head ? "body=" : "interim;");
                    break;
                case Http1EventKind.Data:
                    _ = text.Append(Encoding.Latin1.GetString(input.Span.Slice(found.Offset, found.Count)));
                    break;
                case Http1EventKind.Trailers:
                    _ = text.Append('|').Append(map.ToString().Replace('\n', '|'));
                    break;
                case Http1EventKind.Error:
                    _ = text.Append('!').Append(error());
                    return false;
                case Http1EventKind.NeedMore:
                    input.Consume(found.Consumed);
                    return true;
                default:
                    break;
            }

            _ = text.Append(found.EndsMessage ? ";" : "");
            input.Consume(found.Consumed);
        }
    }
}
