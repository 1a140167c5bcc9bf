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
        while (TryTake(ref query, out var key, out value))
        {
            if (key.SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first value of a parameter, names and values percent-decoded; valid until <paramref name="scratch"/> changes.</summary>
    public static bool TryGetDecoded(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name, ByteBuffer scratch, out ReadOnlySpan<byte> value)
    {
        while (TryTake(ref query, out var key, out value))
        {
            scratch.Clear();
            PercentEncoding.Decode(key, scratch);
            if (scratch.Span.SequenceEqual(name))
            {
                scratch.Clear();
                PercentEncoding.Decode(value, scratch);
                value = scratch.Span;
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the next parameter off a query; the value of one without <c>=</c> is empty.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> query, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (query.IsEmpty)
        {
            name = value = default;
            return false;
        }

        var end = query.IndexOf((byte)'&');
        var pair = end < 0 ? query : query[..end];
        query = end < 0 ? default : query[(end + 1)..];
        var equals = pair.IndexOf((byte)'=');
        name = equals < 0 ? pair : pair[..equals];
        value = equals < 0 ? default : pair[(equals + 1)..];
        return true;
    }
}
