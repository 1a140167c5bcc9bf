namespace MeshSim.ProxyRuntime.Core;

/// <summary>The tokens found in one request, to be checked from the last to the first. Reused.</summary>
internal sealed class JwtTokens
{
    private readonly List<(int Start, int Length, JwtTokenSource Source)> tokens = [];
    private readonly ByteBuffer bytes = new();
    private readonly ByteBuffer decoded = new();

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

    /// <summary>Adds the first value of a query parameter, percent-decoded, if there is one.</summary>
    public void AddParameter(ReadOnlySpan<byte> query, JwtTokenSource source)
    {
        if (QueryString.TryGetDecoded(query, source.Name, decoded, out var token))
        {
            Add(token, source);
        }
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
