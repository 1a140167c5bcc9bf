namespace MeshSim.ProxyRuntime.Core;

/// <summary>The header <c>referer</c>: one that is no URL, or stands there twice, does not go on.</summary>
internal static class RefererHeader
{
    public static void Sanitize(HeaderMap request)
    {
        var at = request.IndexOf(HeaderName.Referer);
        if (at >= 0 && (request.IndexOf(HeaderName.Referer, at + 1) >= 0 || !IsValid(request[at].Value)))
        {
            _ = request.Remove(HeaderName.Referer);
        }
    }

    /// <summary>An absolute URL without user information and fragment, or a relative reference without fragment.</summary>
    private static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (AbsoluteUrl.TryParse(value, out var url))
        {
            return !url.Host.Contains((byte)'@') && !value.Contains((byte)'#');
        }

        var slashSeen = false;
        foreach (var b in value)
        {
            if (b == (byte)':' && !slashSeen)
            {
                return false;
            }

            slashSeen |= b == (byte)'/';
            if (b != (byte)'/' && b != (byte)':' && !IsUriCharacter(b))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUriCharacter(byte b) => char.IsAsciiLetterOrDigit((char)b) || "-._~%!$&'()*+,;=@?"u8.Contains(b);
}
