namespace MeshSim.ProxyRuntime.Core;

/// <summary>An absolute URL taken apart; the parts are slices of it.</summary>
internal readonly ref struct AbsoluteUrl
{
    private AbsoluteUrl(ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> host, ReadOnlySpan<byte> path)
    {
        Scheme = scheme;
        Host = host;
        Path = path;
    }

    public ReadOnlySpan<byte> Scheme { get; }

    /// <summary>Host and port.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Path and query without the fragment; <c>/</c> where there is none.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public static bool TryParse(ReadOnlySpan<byte> text, out AbsoluteUrl url)
    {
        url = default;
        var colon = text.IndexOf("://"u8);
        if (colon <= 0 || text.ContainsAny(" \t\r\n"u8))
        {
            return false;
        }

        var scheme = text[..colon];
        if (!StringMatcher.EqualsIgnoringCase(scheme, "http"u8) && !StringMatcher.EqualsIgnoringCase(scheme, "https"u8))
        {
            return false;
        }

        var rest = text[(colon + 3)..];
        var fragment = rest.IndexOf((byte)'#');
        rest = fragment < 0 ? rest : rest[..fragment];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        var host = end < 0 ? rest : rest[..end];
        if (host.IsEmpty)
        {
            return false;
        }

        var path = end < 0 ? "/"u8 : rest[end..];
        url = new AbsoluteUrl(scheme, host, path);
        return true;
    }
}
