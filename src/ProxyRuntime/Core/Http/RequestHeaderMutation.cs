using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the connection manager changes in a request before routing: hop-by-hop headers, addresses, identity, Envoy's own headers.</summary>
internal static class RequestHeaderMutation
{
    /// <summary>Headers by which a request steers the proxy; believed only from internal callers, and nothing is internal by default.</summary>
    private static readonly HeaderName[] FromInternalOnly =
    [
        HeaderName.XEnvoyRetriableStatusCodes,
        HeaderName.XEnvoyRetriableHeaderNames,
        HeaderName.XEnvoyRetryOn,
        HeaderName.XEnvoyRetryGrpcOn,
        HeaderName.XEnvoyMaxRetries,
        HeaderName.XEnvoyUpstreamAltStatName,
        HeaderName.XEnvoyUpstreamRqTimeoutMs,
        HeaderName.XEnvoyUpstreamRqPerTryTimeoutMs,
        HeaderName.XEnvoyUpstreamRqTimeoutAltResponse,
        HeaderName.XEnvoyExpectedRqTimeoutMs,
        HeaderName.XEnvoyForceTrace,
        HeaderName.XEnvoyIpTags,
        HeaderName.XEnvoyOriginalUrl,
        HeaderName.XEnvoyHedgeOnPerTryTimeout,
    ];

    /// <summary>Headers an edge proxy (use_remote_address) also takes away.</summary>
    private static readonly HeaderName[] FromInsideTheMeshOnly = [HeaderName.XEnvoyOriginalPath, HeaderName.XEnvoyOriginalHost];

    /// <summary>True if the client wants the connection closed after the answer.</summary>
    public static bool AsksToClose(HeaderMap request) =>
        HasToken(request.Get(HeaderName.Connection), "close"u8) || HasToken(request.Get(HeaderName.ProxyConnection), "close"u8);

    public static void Apply(HeaderMap request, HttpConnectionManagerSnapshot settings, ConnectionInfo connection, RequestIds ids)
    {
        RemoveHopByHop(request);
        Identify(request, settings, connection);
        foreach (var name in FromInternalOnly)
        {
            _ = request.Remove(name);
        }

        if (settings.UseRemoteAddress)
        {
            foreach (var name in FromInsideTheMeshOnly)
            {
                _ = request.Remove(name);
            }
        }

        var keepId = !settings.UseRemoteAddress || settings.PreserveExternalRequestId;
        if (settings.GenerateRequestId && !(keepId && !request.Get(HeaderName.XRequestId).IsEmpty))
        {
            ids.Generate(request);
        }
    }

    private static void RemoveHopByHop(HeaderMap request)
    {
        if (request.TryGet(HeaderName.Connection, out var nominated))
        {
            RemoveNominated(request, nominated);
        }

        _ = request.Remove(HeaderName.Connection);
        _ = request.Remove(HeaderName.KeepAlive);
        _ = request.Remove(HeaderName.ProxyConnection);
        _ = request.Remove(HeaderName.TransferEncoding);
        _ = request.Remove(HeaderName.Upgrade);
        _ = request.Remove(HeaderName.XEnvoyInternal);
        if (request.TryGet(HeaderName.Te, out var te))
        {
            if (HasToken(te, "trailers"u8))
            {
                request.Set(HeaderName.Te, "trailers"u8);
            }
            else
            {
                _ = request.Remove(HeaderName.Te);
            }
        }
    }

    private static void RemoveNominated(HeaderMap request, ReadOnlySpan<byte> nominated)
    {
        Span<Range> tokens = stackalloc Range[16];
        var count = SplitList(nominated, tokens);
        if (count == 1 && IsConnectionOption(nominated[tokens[0]]))
        {
            return;
        }

        // Removing lines moves nothing in the map's bytes, but the span belongs to a line that is about to change.
        Span<byte> copy = stackalloc byte[Math.Min(nominated.Length, 1024)];
        nominated[..copy.Length].CopyTo(copy);
        foreach (var range in tokens[..count])
        {
            var token = range.End.Value <= copy.Length ? copy[range] : default;
            if (!token.IsEmpty && !IsConnectionOption(token))
            {
                _ = request.Remove(token);
            }
        }
    }

    private static bool IsConnectionOption(ReadOnlySpan<byte> token) =>
        Ascii.EqualsIgnoreCase(token, "close"u8)
        || Ascii.EqualsIgnoreCase(token, "keep-alive"u8)
        || Ascii.EqualsIgnoreCase(token, "upgrade"u8)
        || Ascii.EqualsIgnoreCase(token, "http2-settings"u8)
        || Ascii.EqualsIgnoreCase(token, "te"u8);

    private static void Identify(HeaderMap request, HttpConnectionManagerSnapshot settings, ConnectionInfo connection)
    {
        if (settings.UseRemoteAddress)
        {
            AppendForwardedFor(request, connection.Remote);
            request.Set(HeaderName.XForwardedProto, "http"u8);
            SetText(request, HeaderName.XEnvoyExternalAddress, connection.Remote.Ip);
        }
        else if (!request.Contains(HeaderName.XForwardedProto))
        {
            request.Set(HeaderName.XForwardedProto, "http"u8);
        }

        if (!request.Contains(HeaderName.Scheme))
        {
            request.Set(HeaderName.Scheme, "http"u8);
        }
    }

    private static void AppendForwardedFor(HeaderMap request, NetworkAddress peer)
    {
        var before = request.Get(HeaderName.XForwardedFor);
        Span<byte> value = stackalloc byte[Math.Min(before.Length, 4096) + 1 + peer.Ip.Length];
        before = before[..Math.Min(before.Length, 4096)];
        before.CopyTo(value);
        var length = before.Length;
        if (length > 0)
        {
            value[length++] = (byte)',';
        }

        length += Encoding.ASCII.GetBytes(peer.Ip, value[length..]);
        request.Set(HeaderName.XForwardedFor, value[..length]);
    }

    private static void SetText(HeaderMap request, HeaderName name, string text)
    {
        Span<byte> value = stackalloc byte[64];
        var length = Encoding.ASCII.GetBytes(text, value);
        request.Set(name, value[..length]);
    }

    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        if (list.IsEmpty)
        {
            return false;
        }

        Span<Range> tokens = stackalloc Range[16];
        foreach (var range in tokens[..SplitList(list, tokens)])
        {
            if (Ascii.EqualsIgnoreCase(list[range], token))
            {
                return true;
            }
        }

        return false;
    }

    private static int SplitList(ReadOnlySpan<byte> list, Span<Range> tokens)
    {
        var count = 0;
        var start = 0;
        while (start <= list.Length && count < tokens.Length)
        {
            var comma = list[start..].IndexOf((byte)',');
            var end = comma < 0 ? list.Length : start + comma;
            var trimmed = Ascii.Trim(list[start..end]);
            tokens[count++] = new Range(start + trimmed.Start.Value, start + trimmed.End.Value);
            start = end + 1;
        }

        return count;
    }
}
