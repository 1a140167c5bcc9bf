namespace MeshSim.ProxyRuntime.Core;

/// <summary>Turns a request into the one that an upstream's redirect asks for.</summary>
internal static class InternalRedirects
{
    /// <summary>
    /// Changes scheme, host and path to those of <c>location</c> and looks the route up again. False – with the headers as they were,
    /// and the reason counted – if the policy does not allow it.
    /// </summary>
    public static bool TryConvert(Router router, InternalRedirectPolicy policy, HeaderMap response, WorkerContext context)
    {
        if (router.Stream is not ActiveStream stream || !stream.RequestComplete || !response.TryGet(HeaderName.Location, out var location))
        {
            return false;
        }

        var request = stream.RequestHeaders;
        if (!AbsoluteUrl.TryParse(location, out var url))
        {
            router.Stats.RedirectBadLocation.Increment();
            return false;
        }

        var fromHttp = request.Get(HeaderName.Scheme).SequenceEqual("http"u8) || !stream.Info.Connection.IsTls;
        var toHttp = StringMatcher.EqualsIgnoringCase(url.Scheme, "http"u8);
        if (!policy.AllowCrossScheme && fromHttp != toHttp)
        {
            router.Stats.RedirectUnsafeScheme.Increment();
            return false;
        }

        if (stream.PreviousRoutes.Count >= policy.MaxRedirects)
        {
            router.Stats.RedirectTooMany.Increment();
            return false;
        }

        var saved = context.Headers.Rent();
        saved.CopyFrom(request);
        var formerRoute = stream.Selection.Route?.Name ?? "";
        Change(request, response, url, policy);
        stream.RefreshRoute();
        if (Refusal(router, policy, stream, formerRoute, fromHttp, toHttp) is { } counter)
        {
            counter.Increment();
            request.CopyFrom(saved);
            stream.RefreshRoute();
            context.Headers.Return(saved);
            return false;
        }

        stream.NoteRedirect(formerRoute);
        KeepOriginalUrl(request, saved, fromHttp, context.Scratch);
        ApplySeeOther(stream, response.StatusCode());
        context.Headers.Return(saved);
        return true;
    }

    private static Counter? Refusal(Router router, InternalRedirectPolicy policy, ActiveStream stream, string formerRoute, bool fromHttp, bool toHttp)
    {
        if (stream.Selection.Route is not { } target)
        {
            return router.Stats.RedirectNoRoute;
        }

        foreach (var predicate in policy.Predicates)
        {
            var accepted = predicate switch
            {
                PreviousRoutesPredicate => !HasGone(stream, formerRoute, target.Name),
                AllowListedRoutesPredicate allowed => allowed.Names.Contains(target.Name, StringComparer.Ordinal),
                SafeCrossSchemePredicate => !fromHttp || toHttp,
                _ => true,
            };
            if (!accepted)
            {
                return router.Stats.RedirectPredicate;
            }
        }

        return null;
    }

    /// <summary>The request was redirected from the one route to the other before.</summary>
    private static bool HasGone(ActiveStream stream, string from, string to)
    {
        var previous = stream.PreviousRoutes;
        for (var i = 0; i < previous.Count; i++)
        {
            var next = i + 1 < previous.Count ? previous[i + 1] : from;
            if (string.Equals(previous[i], from, StringComparison.Ordinal) && string.Equals(next, to, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static void Change(HeaderMap request, HeaderMap response, in AbsoluteUrl url, InternalRedirectPolicy policy)
    {
        foreach (var name in policy.HeadersToCopy)
        {
            _ = request.Remove(name);
            for (var at = response.IndexOf(name); at >= 0; at = response.IndexOf(name, at + 1))
            {
                request.Add(name, response[at].Value);
            }
        }

        request.Set(HeaderName.Scheme, url.Scheme);
        request.Set(HeaderName.Authority, url.Host);
        request.Set(HeaderName.Path, url.Path);
    }

    /// <summary>303: everything but GET and HEAD becomes GET, without a body.</summary>
    private static void ApplySeeOther(ActiveStream stream, int status)
    {
        var method = stream.RequestHeaders.Get(HeaderName.Method);
        if (status == 303 && !method.SequenceEqual("GET"u8) && !method.SequenceEqual("HEAD"u8))
        {
            stream.RequestHeaders.Set(HeaderName.Method, "GET"u8);
            _ = stream.RequestHeaders.Remove(HeaderName.ContentLength);
            stream.ReleaseBody();
        }
    }

    private static void KeepOriginalUrl(HeaderMap request, HeaderMap saved, bool fromHttp, ByteBuffer scratch)
    {
        scratch.Clear();
        scratch.Append(fromHttp ? "http://"u8 : "https://"u8);
        scratch.Append(saved.Get(HeaderName.Authority));
        scratch.Append(saved.Get(HeaderName.Path));
        request.Set(HeaderName.XEnvoyOriginalUrl, scratch.Span);
    }
}
