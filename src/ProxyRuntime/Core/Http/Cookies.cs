namespace MeshSim.ProxyRuntime.Core;

/// <summary>Cookies of a request: pairs separated by semicolons, in any number of lines.</summary>
internal static class Cookies
{
    /// <summary>The first value of a cookie, without one pair of quotes around it.</summary>
    public static bool TryGet(HeaderMap headers, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (var at = headers.IndexOf(HeaderName.Cookie); at >= 0; at = headers.IndexOf(HeaderName.Cookie, at + 1))
        {
            if (TryGet(headers[at].Value, name, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private static bool TryGet(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!line.IsEmpty)
        {
            var end = line.IndexOf((byte)';');
            var pair = (end < 0 ? line : line[..end]).Trim(" \t"u8);
            line = end < 0 ? default : line[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals >= 0 && pair[..equals].SequenceEqual(name))
            {
                value = pair[(equals + 1)..];
                value = value.Length >= 2 && value[0] == (byte)'"' && value[^1] == (byte)'"' ? value[1..^1] : value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
