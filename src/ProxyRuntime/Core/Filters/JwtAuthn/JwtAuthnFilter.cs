using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>envoy.filters.http.jwt_authn: lets a request pass if its tokens are what its rule requires.</summary>
internal sealed class JwtAuthnFilter : HttpFilter, IJwtVerified, IResponseModifier
{
    /// <summary>So much of the path stands in www-authenticate, in bytes.</summary>
    private const int MaxPathLength = 256;

    private readonly JwtAuthnState state;
    private readonly WorkerContext context;
    private readonly JwtVerification verification;
    private readonly ByteBuffer challenge = new();
    private ActiveStream stream = null!;
    private Phase phase;
    private bool stopped;
    private bool tokenMissing;

    public JwtAuthnFilter(WorkerContext context, JwtAuthnState state)
    {
        this.context = context;
        this.state = state;
        verification = new JwtVerification(context, state, this);
    }

    private enum Phase : byte
    {
        Calling,
        Responded,
        Complete,
    }

    public override void Begin(ActiveStream stream)
    {
        this.stream = stream;
        phase = Phase.Calling;
        stopped = tokenMissing = false;
    }

    public override FilterStatus DecodeHeaders(HeaderMap head, bool endStream)
    {
        if (state.Settings.BypassCorsPreflight && IsCorsPreflight(head))
        {
            state.Stats.CorsPreflightBypassed.Increment();
            Pass();
            return FilterStatus.Continue;
        }

        if (!TryFindRequirement(head, out var requirement))
        {
            return FilterStatus.StopIteration;
        }

        if (requirement is null)
        {
            Pass();
            return FilterStatus.Continue;
        }

        WriteRealm(head);
        verification.Start(stream, requirement);
        stopped = phase != Phase.Complete;
        return stopped ? FilterStatus.StopIteration : FilterStatus.Continue;
    }

    public override FilterStatus DecodeData(long bytes, bool endStream) => phase == Phase.Complete ? FilterStatus.Continue : FilterStatus.StopIteration;

    public override FilterStatus DecodeTrailers(HeaderMap trailers) => phase == Phase.Complete ? FilterStatus.Continue : FilterStatus.StopIteration;

    public override void OnDestroy()
    {
        if (phase == Phase.Calling)
        {
            verification.Cancel();
        }
    }

    public void OnVerified(JwtStatus status)
    {
        if (phase == Phase.Responded)
        {
            return;
        }

        // Metadata is there by now, so that the new route can go by it.
        if (verification.ClearRouteCache)
        {
            stream.RefreshRoute();
        }

        if (status != JwtStatus.Ok)
        {
            Deny(status);
            return;
        }

        Pass();
        if (stopped)
        {
            stream.ContinueDecoding();
        }
    }

    public void ModifyLocalReply(HeaderMap response)
    {
        context.Scratch.Clear();
        context.Scratch.Append("Bearer realm=\""u8);
        context.Scratch.Append(challenge.Span);
        context.Scratch.Append(tokenMissing ? "\""u8 : "\", error=\"invalid_token\""u8);
        response.Set(HeaderName.WwwAuthenticate, context.Scratch.Span);
    }

    private static bool IsCorsPreflight(HeaderMap head) =>
        head.Get(HeaderName.Method).SequenceEqual("OPTIONS"u8)
        && !head.Get(HeaderName.Origin).IsEmpty
        && !head.Get(HeaderName.AccessControlRequestMethod).IsEmpty;

    /// <summary>What this request needs, null for nothing. False: it was denied, as its route asks for what is not there.</summary>
    private bool TryFindRequirement(HeaderMap head, out JwtRequirementNode? requirement)
    {
        if (stream.Selection.FilterSettings(Name) is not JwtRouteSettings settings)
        {
            requirement = state.Find(new RouteRequest(head, stream.Random, context.Runtime, stream.Info));
            return true;
        }

        requirement = null;
        if (settings.RequirementName is not { } name)
        {
            return true;
        }

        requirement = state.Find(name);
        if (requirement is not null)
        {
            return true;
        }

        var error = state.UnknownName(name);
        state.Stats.Denied.Increment();
        phase = Phase.Responded;
        var body = state.Settings.StripFailureResponse ? [] : Encoding.UTF8.GetBytes("Failed JWT authentication: " + error);
        stream.SendLocalReply(new LocalReply(403, body, Details: JwtDenial.Details(error)));
        return false;
    }

    /// <summary>Keeps the original URI, which the verification may change: scheme, host and as much of the path as is shown.</summary>
    private void WriteRealm(HeaderMap head)
    {
        challenge.Clear();
        if (!head.TryGet(HeaderName.Path, out var path))
        {
            return;
        }

        path = head.TryGet(HeaderName.XEnvoyOriginalPath, out var original) ? original : path;
        challenge.Append(head.Get(HeaderName.Scheme));
        challenge.Append("://"u8);
        challenge.Append(head.Get(HeaderName.Authority));
        challenge.Append(path.Length > MaxPathLength ? path[..MaxPathLength] : path);
    }

    private void Pass()
    {
        state.Stats.Allowed.Increment();
        phase = Phase.Complete;
    }

    private void Deny(JwtStatus status)
    {
        state.Stats.Denied.Increment();
        phase = Phase.Responded;
        tokenMissing = status == JwtStatus.JwtMissed;
        var denial = JwtDenial.Of(status);
        var code = status == JwtStatus.JwtAudienceNotAllowed ? 403 : 401;
        if (state.Settings.StripFailureResponse)
        {
            stream.SendLocalReply(new LocalReply(code, default, Details: denial.ResponseCodeDetails));
        }
        else
        {
            stream.SendLocalReply(new LocalReply(code, denial.Body, Details: denial.ResponseCodeDetails), this);
        }
    }
}
