using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Play;

/// <summary>Takes HTTP/1.1 messages apart as the harness does, so that a record shows everything that was on the wire.</summary>
internal sealed class HttpText(bool isResponse)
{
    private readonly ByteQueue input = new();

    public string FirstLine { get; private set; } = "";

    public IReadOnlyList<(string Name, string Value)> Headers { get; private set; } = [];

    public string Body { get; private set; } = "";

    /// <summary>The head is there, and <see cref="FirstLine"/> and <see cref="Headers"/> with it.</summary>
    public bool HasHead { get; private set; }

    /// <summary>Lines behind a chunked body; null if there was none.</summary>
    public string? Trailers { get; private set; }

    /// <summary>What comes next looks like a response.</summary>
    public bool IsResponseNext => input.Span.StartsWith("HTTP/1."u8);

    /// <summary>What was not taken.</summary>
    public string Rest => Encoding.Latin1.GetString(input.Span);

    public int Status => FirstLine.Split(' ') is [_, var status, ..] && int.TryParse(status, CultureInfo.InvariantCulture, out var code) ? code : 0;

    public void Append(ReadOnlySpan<byte> bytes) => input.Append(bytes);

    /// <summary>Takes one whole message; false if it is not all there.</summary>
    /// <param name="endOfInput">No more bytes will come.</param>
    /// <param name="isHead">It answers a HEAD request.</param>
    public bool TryTake(bool endOfInput, bool isHead = false)
    {
        if (!HasHead && !TryTakeHead())
        {
            return false;
        }

        if (!TryTakeBody(endOfInput, isHead, out var body))
        {
            return false;
        }

        Body = Encoding.Latin1.GetString(body);
        HasHead = false;
        return true;
    }

    private bool TryTakeHead()
    {
        var end = input.Span.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var lines = Encoding.Latin1.GetString(input.Span[..end]).Split("\r\n");
        FirstLine = lines[0];
        Trailers = null;
        Headers = [.. lines.Skip(1).Where(static line => line.Length > 0).Select(Header)];
        input.Consume(end + 4);
        HasHead = true;
        return true;
    }

    private static (string Name, string Value) Header(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (line.Trim().ToLowerInvariant(), "") : (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
    }

    private string? Value(string name) => Headers.FirstOrDefault(header => header.Name == name).Value;

    private bool TryTakeBody(bool endOfInput, bool isHead, out byte[] body)
    {
        body = [];
        if (isResponse && (isHead || Status is 204 or 304 or (>= 100 and < 200)))
        {
            return true;
        }

        if (Value("transfer-encoding")?.Contains("chunked", StringComparison.Ordinal) == true)
        {
            return TryTakeChunks(out body);
        }

        if (Value("content-length") is { } length)
        {
            return int.TryParse(length, CultureInfo.InvariantCulture, out var count) && TryTakeBytes(count, out body);
        }

        return !isResponse || (endOfInput && TryTakeBytes(input.Length, out body));
    }

    private bool TryTakeBytes(int count, out byte[] body)
    {
        if (input.Length < count)
        {
            body = [];
            return false;
        }

        body = input.Span[..count].ToArray();
        input.Consume(count);
        return true;
    }

    private bool TryTakeChunks(out byte[] body)
    {
        body = [];
        var content = new List<byte>();
        var rest = input.Span;
        while (TryTakeLine(ref rest, out var line))
        {
            var size = int.Parse(Encoding.ASCII.GetString(line).Split(';')[0].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return TryTakeTrailers(rest, [.. content], out body);
            }

            if (rest.Length < size + 2)
            {
                return false;
            }

            content.AddRange(rest[..size]);
            rest = rest[(size + 2)..];
        }

        return false;
    }

    private bool TryTakeTrailers(ReadOnlySpan<byte> rest, byte[] content, out byte[] body)
    {
        body = content;
        var lines = new List<string>();
        while (TryTakeLine(ref rest, out var line))
        {
            if (line.IsEmpty)
            {
                input.Consume(input.Length - rest.Length);
                Trailers = string.Join("\r\n", lines);
                return true;
            }

            lines.Add(Encoding.Latin1.GetString(line));
        }

        return false;
    }

    private static bool TryTakeLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        var end = rest.IndexOf("\r\n"u8);
        line = end < 0 ? default : rest[..end];
        rest = end < 0 ? rest : rest[(end + 2)..];
        return end >= 0;
    }
}
