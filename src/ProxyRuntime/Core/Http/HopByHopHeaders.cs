namespace MeshSim.ProxyRuntime.Core;

/// <summary>Headers that hold for one connection only, and those that <c>connection</c> names.</summary>
internal static class HopByHopHeaders
{
    /// <summary>True if the client wants the connection closed after the answer; by HTTP/1.0, if it does not ask for the opposite.</summary>
    public static bool AsksToClose(HeaderMap request, HttpProtocol protocol) =>
        (protocol == HttpProtocol.Http10 && !HasToken(request.Get(HeaderName.Connection), "keep-alive"u8))
        || HasToken(request.Get(HeaderName.Connection), "close"u8)
        || HasToken(request.Get(HeaderName.ProxyConnection), "close"u8);

    /// <summary>Takes them off a request. An upgrade keeps <c>connection</c> and <c>upgrade</c>.</summary>
    public static void RemoveFromRequest(HeaderMap request)
    {
        if (!UpgradeRequests.IsUpgrade(request))
        {
            if (request.TryGet(HeaderName.Connection, out var nominated))
            {
                RemoveNominated(request, nominated);
            }

            _ = request.Remove(HeaderName.Connection);
            _ = request.Remove(HeaderName.Upgrade);
            SanitizeTe(request);
        }

        _ = request.Remove(HeaderName.KeepAlive);
        _ = request.Remove(HeaderName.ProxyConnection);
        _ = request.Remove(HeaderName.TransferEncoding);
        _ = request.Remove(HeaderName.XEnvoyInternal);
    }

    public static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        if (list.IsEmpty)
        {
            return false;
        }

        foreach (var range in list.Split((byte)','))
        {
            if (StringMatcher.EqualsIgnoringCase(list[range].Trim(" \t"u8), token))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Only <c>trailers</c> goes on.</summary>
    private static void SanitizeTe(HeaderMap request)
    {
        if (!request.TryGet(HeaderName.Te, out var te) || te.IsEmpty)
        {
            return;
        }

        foreach (var range in te.Split((byte)','))
        {
            if (te[range].Trim(" \t"u8).SequenceEqual("trailers"u8))
            {
                request.Set(HeaderName.Te, "trailers"u8);
                return;
            }
        }

        _ = request.Remove(HeaderName.Te);
    }

    private static void RemoveNominated(HeaderMap request, ReadOnlySpan<byte> nominated)
    {
        // The span belongs to a line that is about to change.
        Span<byte> list = nominated.Length <= 1024 ? stackalloc byte[nominated.Length] : new byte[nominated.Length];
        nominated.CopyTo(list);
        foreach (var range in ((ReadOnlySpan<byte>)list).Split((byte)','))
        {
            var token = ((ReadOnlySpan<byte>)list)[range].Trim(" \t"u8);
            if (!token.IsEmpty && !IsConnectionOption(token))
            {
                _ = request.Remove(token);
            }
        }
    }

    private static bool IsConnectionOption(ReadOnlySpan<byte> token) =>
        StringMatcher.EqualsIgnoringCase(token, "close"u8)
        || StringMatcher.EqualsIgnoringCase(token, "keep-alive"u8)
        || StringMatcher.EqualsIgnoringCase(token, "upgrade"u8)
        || StringMatcher.EqualsIgnoringCase(token, "http2-settings"u8)
        || StringMatcher.EqualsIgnoringCase(token, "te"u8);
}
