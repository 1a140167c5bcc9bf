using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Checks the tokens that one node of a requirement looks at, one after the other; fetches keys where they are missing. Reused.</summary>
internal sealed class JwtAuthenticator : IJwksReceiver
{
    private readonly WorkerContext context;
    private readonly JwtAuthnState state;
    private readonly JwtVerification owner;
    private readonly JwtTokens tokens = new();
    private readonly SortedDictionary<string, JwksFetch> fetches = new(StringComparer.Ordinal);
    private JwtRequirementNode node = null!;
    private JwtProviderState? provider;
    private JwtTokenSource source = null!;
    private ReadOnlyMemory<byte> token;
    private Jwt jwt = null!;
    private JwksFetch? fetch;
    private bool clearRouteCache;

    public JwtAuthenticator(WorkerContext context, JwtAuthnState state, JwtVerification owner)
    {
        this.context = context;
        this.state = state;
        this.owner = owner;
    }

    private bool AllowsFailed => node.Kind == JwtNodeKind.AllowMissingOrFailed;

    private bool AllowsMissing => node.Kind is JwtNodeKind.AllowMissing or JwtNodeKind.AllowMissingOrFailed;

    public void Start(JwtRequirementNode toCheck)
    {
        node = toCheck;
        provider = null;
        fetch = null;
        clearRouteCache = false;
        node.Sources!.Sanitize(owner.Stream.RequestHeaders);
        node.Sources.Extract(owner.Stream.RequestHeaders, tokens);
        if (tokens.Count == 0)
        {
            _ = IsOver(JwtStatus.JwtMissed);
            return;
        }

        CheckTokens();
    }

    public void Cancel()
    {
        var running = fetch;
        fetch = null;
        running?.Cancel();
    }

    public void OnJwks(Jwks? keys)
    {
        fetch = null;
        if (keys is null)
        {
            state.Stats.JwksFetchFailed.Increment();
            Resume(JwtStatus.JwksFetchFail);
            return;
        }

        state.Stats.JwksFetchSuccess.Increment();
        provider!.SetFetchedKeys(keys, context.Now);
        Resume(VerifySignature());
    }

    private void Resume(JwtStatus status)
    {
        if (!IsOver(status))
        {
            CheckTokens();
        }
    }

    /// <summary>Until all tokens are checked, one is bad, or one waits for keys.</summary>
    private void CheckTokens()
    {
        while (CheckNext() is { } status && !IsOver(status)) { }
    }

    /// <summary>Checks one token. Null: it waits for keys.</summary>
    private JwtStatus? CheckNext()
    {
        source = tokens.Take(out token);
        if (node.Provider is { } named)
        {
            provider = named;
        }

        var known = FindInCache();
        if (known is null)
        {
            var status = Jwt.TryParse(token.Span, out var parsed);
            if (status != JwtStatus.Ok)
            {
                return status;
            }

            jwt = parsed!;
        }
        else
        {
            jwt = known;
        }

        var claims = CheckClaims();
        if (claims != JwtStatus.Ok)
        {
            return claims;
        }

        if (known is not null)
        {
            Accept(fromCache: true);
            return JwtStatus.Ok;
        }

        if (provider!.HasFreshKeys(context.Now))
        {
            return VerifySignature();
        }

        return FetchKeys();
    }

    private Jwt? FindInCache()
    {
        if (node.Provider is null)
        {
            return null;
        }

        var known = provider!.Cache?.TryGet(token.Span, context.UnixNs / MonotonicTime.NanosecondsPerSecond);
        (known is null ? state.Stats.JwtCacheMiss : state.Stats.JwtCacheHit).Increment();
        return known;
    }

    private JwtStatus CheckClaims()
    {
        if (!source.Allows(jwt.Issuer))
        {
            return JwtStatus.JwtUnknownIssuer;
        }

        if (node.Provider is null)
        {
            provider = state.ProviderOf(jwt.Issuer);
        }

        return provider?.CheckClaims(jwt, node.Audiences, context.UnixNs) ?? JwtStatus.JwtUnknownIssuer;
    }

    private JwtStatus? FetchKeys()
    {
        if (provider!.Provider.RemoteJwks is not { } remote)
        {
            return JwtStatus.JwksNoValidKeys;
        }

        if (!fetches.TryGetValue(provider.Provider.Name, out var own))
        {
            fetches[provider.Provider.Name] = own = new JwksFetch(context, remote, this);
        }

        fetch = own;
        own.Start();
        return null;
    }

    private JwtStatus VerifySignature()
    {
        var status = JwtVerifier.Verify(jwt, provider!.Keys!);
        if (status == JwtStatus.Ok)
        {
            Accept(fromCache: false);
        }

        return status;
    }

    /// <summary>A token is done. Returns whether the node is: unless it allows failure, a bad token makes good ones worthless.</summary>
    private bool IsOver(JwtStatus status)
    {
        if (status != JwtStatus.Ok)
        {
            NoteFailure(status);
        }

        if ((status == JwtStatus.Ok || AllowsMissing) && tokens.Count > 0)
        {
            return false;
        }

        tokens.Drop();
        owner.ClearRouteCache |= clearRouteCache;
        var isAllowed = AllowsFailed || (AllowsMissing && status == JwtStatus.JwtMissed);
        owner.OnComplete(node, isAllowed ? JwtStatus.Ok : status);
        return true;
    }

    private void NoteFailure(JwtStatus status)
    {
        var name = (provider ?? state.SingleProvider)?.Provider.FailedStatusInMetadata ?? "";
        if (name.Length > 0)
        {
            owner.AddMetadata(
                name,
                MetadataValue.Of([
                    KeyValuePair.Create("code", MetadataValue.Of((double)status)),
                    KeyValuePair.Create("message", MetadataValue.Of(status.Text())),
                ])
            );
        }
    }

    /// <summary>A good token: the request says what it says, and loses it unless it is to be forwarded.</summary>
    private void Accept(bool fromCache)
    {
        var settings = provider!.Provider;
        var head = owner.Stream.RequestHeaders;
        if (settings.ForwardPayloadHeader is { } payloadHeader)
        {
            AddPayload(head, payloadHeader, settings.PadForwardPayloadHeader);
        }

        var isAdded = false;
        foreach (var claim in settings.ClaimToHeaders)
        {
            isAdded |= AddClaim(head, claim);
        }

        clearRouteCache |= settings.ClearRouteCache && (isAdded || settings.PayloadInMetadata.Length > 0);
        if (!settings.Forward)
        {
            source.Remove(head, context.Scratch);
        }

        if (settings.HeaderInMetadata.Length > 0)
        {
            owner.AddMetadata(settings.HeaderInMetadata, MetadataJson.Of(jwt.Header));
        }

        if (settings.PayloadInMetadata.Length > 0)
        {
            owner.AddMetadata(settings.PayloadInMetadata, Normalize(MetadataJson.Of(jwt.Payload), settings.SpaceDelimitedClaims));
        }

        if (node.Provider is not null && !fromCache)
        {
            provider.Cache?.Add(token.Span, jwt);
        }
    }

    private void AddPayload(HeaderMap head, HeaderName name, bool pad)
    {
        var payload = jwt.EncodedPayload;
        if (!pad || payload.Length % 4 == 0)
        {
            head.Add(name, payload);
            return;
        }

        context.Scratch.Clear();
        context.Scratch.Append(payload);
        context.Scratch.Append("==="u8[..(4 - (payload.Length % 4))]);
        head.Add(name, context.Scratch.Span);
    }

    /// <summary>A claim with a line end or a null byte cannot be a header's value; Envoy would write it as it is.</summary>
    private bool AddClaim(HeaderMap head, JwtClaimToHeader claim)
    {
        if (JwtClaims.FindText(jwt, claim.ClaimPath.AsSpan()) is not { } text || text.AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            return false;
        }

        head.Add(claim.Header, Encoding.UTF8.GetBytes(text));
        return true;
    }

    private static MetadataValue Normalize(MetadataValue payload, ImmutableArray<string> claims)
    {
        foreach (var claim in claims)
        {
            if (payload.Field(claim) is { Kind: MetadataKind.Text } value && value.Text.AsSpan().ContainsAnyExcept(' '))
            {
                ImmutableArray<MetadataValue> words =
                [
                    .. value.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => MetadataValue.Of(word)),
                ];
                payload = payload.Merge(MetadataValue.Of([KeyValuePair.Create(claim, MetadataValue.Of(words))]));
            }
        }

        return payload;
    }
}
