using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a route changes in a request before a host is chosen, and in a response.</summary>
internal static class RouteFinalization
{
    /// <summary>Headers by level, then the host, then the path.</summary>
    /// <param name="keepOriginals">Writes x-envoy-original-host and -path: false with suppress_envoy_headers.</param>
    public static void Request(in RouteSelection selection, HeaderMap request, StreamInfo info, ByteBuffer scratch, bool keepOriginals)
    {
        var action = selection.Action!;
        if (selection.Weighted is { } weighted)
        {
            weighted.RequestHeaders.Apply(request, info, scratch);
            if (weighted.HostRewriteLiteral.Length > 0)
            {
                SetHost(request, weighted.HostRewriteLiteral);
            }
        }

        if (selection.Table is not { } table || selection.VirtualHost is not { } host || selection.Route is not { } route)
        {
            // A request of the proxy's own is written as it is to go out.
            return;
        }

        if (table.MostSpecificHeaderMutationsWins)
        {
            table.RequestHeaders.Apply(request, info, scratch);
            host.RequestHeaders.Apply(request, info, scratch);
            route.RequestHeaders.Apply(request, info, scratch);
        }
        else
        {
            route.RequestHeaders.Apply(request, info, scratch);
            host.RequestHeaders.Apply(request, info, scratch);
            table.RequestHeaders.Apply(request, info, scratch);
        }

        RewriteHost(action, request, info, scratch, keepOriginals);
        if (action.PathRewriteFormat is { } format)
        {
            RewritePath(format, request, info, scratch, keepOriginals);
            return;
        }

        RewritePath(route, action.PrefixRewrite, action.RegexRewrite, action.TemplateRewrite, request, scratch, keepOriginals);
    }

    /// <summary>Headers by level, the weighted cluster's first.</summary>
    public static void Response(in RouteSelection selection, HeaderMap response, StreamInfo info, ByteBuffer scratch)
    {
        if (selection.Table is not { } table || selection.VirtualHost is not { } host || selection.Route is not { } route)
        {
            return;
        }

        // The redirect of require_tls belongs to no level.
        if (ReferenceEquals(route, Route.ToTls))
        {
            return;
        }

        selection.Weighted?.ResponseHeaders.Apply(response, info, scratch);
        if (table.MostSpecificHeaderMutationsWins)
        {
            table.ResponseHeaders.Apply(response, info, scratch);
            host.ResponseHeaders.Apply(response, info, scratch);
            route.ResponseHeaders.Apply(response, info, scratch);
        }
        else
        {
            route.ResponseHeaders.Apply(response, info, scratch);
            host.ResponseHeaders.Apply(response, info, scratch);
            table.ResponseHeaders.Apply(response, info, scratch);
        }
    }

    /// <summary>Changes the path where one of the rewrites is given; the query stays. The old path is kept as x-envoy-original-path.</summary>
    public static void RewritePath(
        Route route,
        string prefixRewrite,
        RegexRewrite? regexRewrite,
        UriTemplateRewrite? templateRewrite,
        HeaderMap request,
        ByteBuffer scratch,
        bool keepOriginal
    )
    {
        if ((prefixRewrite.Length == 0 && regexRewrite is null && templateRewrite is null) || !request.TryGet(HeaderName.Path, out var target))
        {
            return;
        }

        var path = RequestPath.WithoutQuery(target);
        scratch.Clear();
        if (prefixRewrite.Length > 0)
        {
            // Only what the route matched literally is replaced; where it matched otherwise, the whole path.
            var match = route.Match.Path;
            var literal = match.Specifier is PathSpecifier.Prefix or PathSpecifier.PathSeparatedPrefix or PathSpecifier.Path;
            var matched = literal ? match.Bytes.Length : path.Length;
            AppendText(scratch, prefixRewrite);
            scratch.Append(path[Math.Min(matched, path.Length)..]);
        }
        else if (regexRewrite is not null)
        {
            regexRewrite.Apply(path, scratch);
        }
        else if (!templateRewrite!.TryApply(path, scratch))
        {
            scratch.Append(path);
        }

        SetPath(request, target, path.Length, scratch, keepOriginal);
    }

    private static void RewritePath(SubstitutionFormat format, HeaderMap request, StreamInfo info, ByteBuffer scratch, bool keepOriginal)
    {
        if (!request.TryGet(HeaderName.Path, out var target))
        {
            return;
        }

        scratch.Clear();
        format.WriteValue(info, scratch);
        if (scratch.Length > 0)
        {
            SetPath(request, target, RequestPath.WithoutQuery(target).Length, scratch, keepOriginal);
        }
    }

    /// <summary>Puts the new path in the place of the old one and its query behind it.</summary>
    private static void SetPath(HeaderMap request, ReadOnlySpan<byte> target, int pathLength, ByteBuffer scratch, bool keepOriginal)
    {
        scratch.Append(target[pathLength..]);
        if (keepOriginal)
        {
            request.Set(HeaderName.XEnvoyOriginalPath, target);
        }

        request.Set(HeaderName.Path, scratch.Span);
    }

    private static void RewriteHost(RouteAction action, HeaderMap request, StreamInfo info, ByteBuffer scratch, bool keepOriginal)
    {
        scratch.Clear();
        if (action.HostRewriteLiteral.Length > 0)
        {
            AppendText(scratch, action.HostRewriteLiteral);
        }
        else if (action.HostRewriteHeader is { } header)
        {
            scratch.Append(request.Get(header));
        }
        else if (action.HostRewritePathRegex is { } regex)
        {
            regex.Apply(RequestPath.WithoutQuery(request.Get(HeaderName.Path)), scratch);
        }
        else
        {
            action.HostRewriteFormat?.WriteValue(info, scratch);
        }

        if (scratch.Length > 0)
        {
            HostHeader.Rewrite(request, scratch.Span, action.AppendForwardedHost, keepOriginal);
        }
    }

    private static void SetHost(HeaderMap request, string host)
    {
        Span<byte> bytes = host.Length <= 256 ? stackalloc byte[3 * host.Length] : new byte[3 * host.Length];
        request.Set(HeaderName.Authority, bytes[..Encoding.UTF8.GetBytes(host, bytes)]);
    }

    private static void AppendText(ByteBuffer buffer, string text)
    {
        var span = buffer.GetSpan(3 * text.Length);
        buffer.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
