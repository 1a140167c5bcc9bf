namespace MeshSim.ProxyRuntime.Core;

/// <summary>The query of a request target.</summary>
internal static class QueryString
{
    /// <summary>What stands between the first <c>?</c> and a <c>#</c>; empty if there is no query.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> target)
    {
        var start = target.IndexOf((byte)'?');
        if (start < 0)
        {
            return default;
        }

        var query = target[(start + 1)..];
        var end = query.IndexOf((byte)'#');
        return end < 0 ? query : query[..end];
    }

    /// <summary>The first value of a parameter as it stands; empty for one without <c>=</c>.</summary>
    public static bool TryGet(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (!query.IsEmpty)
        {
            var end = query.IndexOf((byte)'&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            var key = equals < 0 ? pair : pair[..equals];
            if (key.SequenceEqual(name))
            {
                value = equals < 0 ? default : pair[(equals + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
