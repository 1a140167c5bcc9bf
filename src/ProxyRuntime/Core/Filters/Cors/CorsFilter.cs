using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.cors: answers preflight requests, and tells browsers which origins may read answers.</summary>
internal sealed class CorsFilter(WorkerContext context, CorsScope scope) : HttpFilter
{
    private readonly CorsPolicies policies = new();
    private readonly ByteBuffer allowedOrigin = new();
    private ActiveStream stream = null!;
    private bool isCorsRequest;

    public override void Begin(ActiveStream owner)
    {
        stream = owner;
        isCorsRequest = false;
        allowedOrigin.Clear();
        policies.Clear();
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (stream.Selection.Action is null)
        {
            return FilterStatus.Continue;
        }

        policies.Find(stream.Selection, Name);
        if (!Enabled && !ShadowEnabled)
        {
            return FilterStatus.Continue;
        }

        var origin = head.Get(HeaderName.Origin);
        if (origin.IsEmpty)
        {
            return FilterStatus.Continue;
        }

        var isAllowed = policies.IsOriginAllowed(origin);
        (isAllowed ? scope.OriginValid : scope.OriginInvalid).Increment();
        if (isAllowed)
        {
            allowedOrigin.Append(origin);
        }

        if (ShadowEnabled && !Enabled)
        {
            return FilterStatus.Continue;
        }

        isCorsRequest = true;
        if (!IsPreflight(head) || (!isAllowed && policies.ForwardNotMatchingPreflights))
        {
            return FilterStatus.Continue;
        }

        Answer(head, isAllowed);
        return FilterStatus.StopIteration;
    }

    public override void EncodeHeaders(HeaderMap head, bool endStream)
    {
        if (!isCorsRequest || allowedOrigin.Length == 0)
        {
            return;
        }

        head.Set(HeaderName.AccessControlAllowOrigin, allowedOrigin.Span);
        if (policies.AllowCredentials)
        {
            head.Set(HeaderName.AccessControlAllowCredentials, "true"u8);
        }

        SetText(head, HeaderName.AccessControlExposeHeaders, policies.ExposeHeaders);
    }

    /// <summary>Drawn anew each time it is asked, as in Envoy.</summary>
    private bool Enabled => scope.Draw(policies.Enabled);

    private bool ShadowEnabled => scope.Draw(policies.ShadowEnabled);

    private static bool IsPreflight(HeaderMap head) =>
        head.Get(HeaderName.Method).SequenceEqual("OPTIONS"u8) && !head.Get(HeaderName.AccessControlRequestMethod).IsEmpty;

    /// <summary>Not a local reply: local_reply_config and the route's headers have no say.</summary>
    private void Answer(HeaderMap request, bool isAllowed)
    {
        var response = context.Headers.Rent();
        response.Set(HeaderName.Status, "200"u8);
        if (isAllowed)
        {
            response.Set(HeaderName.AccessControlAllowOrigin, allowedOrigin.Span);
        }

        if (policies.AllowCredentials)
        {
            response.Set(HeaderName.AccessControlAllowCredentials, "true"u8);
        }

        SetOrEcho(response, HeaderName.AccessControlAllowMethods, policies.AllowMethods, request.Get(HeaderName.AccessControlRequestMethod));
        SetOrEcho(response, HeaderName.AccessControlAllowHeaders, policies.AllowHeaders, request.Get(HeaderName.AccessControlRequestHeaders));
        SetText(response, HeaderName.AccessControlMaxAge, policies.MaxAge);
        if (policies.AllowPrivateNetworkAccess && request.Get(HeaderName.AccessControlRequestPrivateNetwork).SequenceEqual("true"u8))
        {
            response.Set(HeaderName.AccessControlAllowPrivateNetwork, "true"u8);
        }

        stream.Info.ResponseCodeDetails = "cors_response";
        stream.EncodeHeaders(response, endStream: true);
    }

    private static void SetOrEcho(HeaderMap response, HeaderName name, string allowed, ReadOnlySpan<byte> asked)
    {
        if (allowed == "*")
        {
            response.Set(name, asked);
        }
        else
        {
            SetText(response, name, allowed);
        }
    }

    /// <summary>Nothing is set to an empty text.</summary>
    private static void SetText(HeaderMap response, HeaderName name, string text)
    {
        if (text.Length > 0)
        {
            Span<byte> bytes = text.Length <= 512 ? stackalloc byte[text.Length] : new byte[text.Length];
            response.Set(name, bytes[..Encoding.Latin1.GetBytes(text, bytes)]);
        }
    }
}
