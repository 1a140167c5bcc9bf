namespace MeshSim.ProxyRuntime.Core;

/// <summary>The tokens found in one request, to be checked from the last to the first. Reused.</summary>
internal sealed class JwtTokens
{
    private readonly List<(int Start, int Length, JwtTokenSource Source)> tokens = [];
    private readonly ByteBuffer bytes = new();
    private readonly ByteBuffer name = new();

    public int Count => tokens.Count;

    public void Clear()
    {
        tokens.Clear();
        bytes.Clear();
    }

    public void Add(ReadOnlySpan<byte> token, JwtTokenSource source)
    {
        tokens.Add((bytes.Length, token.Length, source));
        bytes.Append(token);
    }

    public void AddDecoded(ReadOnlySpan<byte> encoded, JwtTokenSource source)
    {
        var start = bytes.Length;
        PercentEncoding.Decode(encoded, bytes);
        tokens.Add((start, bytes.Length - start, source));
    }

    /// <summary>Whether a percent-encoded name is this one.</summary>
    public bool IsDecoded(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> expected)
    {
        name.Clear();
        PercentEncoding.Decode(encoded, name);
        return name.Span.SequenceEqual(expected);
    }

    /// <summary>Takes the last token.</summary>
    /// <param name="token">Valid until the list is cleared.</param>
    public JwtTokenSource Take(out ReadOnlyMemory<byte> token)
    {
        var (start, length, source) = tokens[^1];
        tokens.RemoveAt(tokens.Count - 1);
        token = bytes.Memory.Slice(start, length);
        return source;
    }

    /// <summary>Those that are left need no check.</summary>
    public void Drop() => tokens.Clear();
}
