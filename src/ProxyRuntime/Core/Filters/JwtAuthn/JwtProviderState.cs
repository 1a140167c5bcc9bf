namespace MeshSim.ProxyRuntime.Core;

/// <summary>A provider as one worker knows it: its keys and the tokens it has found good.</summary>
internal sealed class JwtProviderState
{
    private readonly JwtAudiences audiences;
    private MonotonicTime expiresAt;

    public JwtProviderState(JwtProvider provider)
    {
        Provider = provider;
        audiences = new JwtAudiences(provider.Audiences);
        Cache = provider.Cache is { } cache ? new JwtCache(cache.Size, cache.TokenBytesMax) : null;
        if (provider.LocalJwks is { } keys)
        {
            SetKeysForEver(keys);
        }
    }

    public JwtProvider Provider { get; }

    /// <summary>Tokens whose signatures are good; null without jwt_cache_config.</summary>
    public JwtCache? Cache { get; }

    /// <summary>The keys, even if they are too old; null if there are none yet.</summary>
    public Jwks? Keys { get; private set; }

    public bool HasFreshKeys(MonotonicTime now) => Keys is not null && now < expiresAt;

    /// <summary>Keys of a fetch that a request has waited for: good for cache_duration.</summary>
    public void SetFetchedKeys(Jwks keys, MonotonicTime now)
    {
        Keys = keys;
        expiresAt = now.Plus(Provider.RemoteJwks!.CacheDurationNs);
    }

    /// <summary>Local keys, or those of async_fetch, which does not let them grow old.</summary>
    public void SetKeysForEver(Jwks keys)
    {
        Keys = keys;
        expiresAt = MonotonicTime.Never;
    }

    /// <summary>What the claims of a token have to be, apart from its issuer.</summary>
    /// <param name="own">Audiences of the requirement, in place of the provider's; null for those.</param>
    public JwtStatus CheckClaims(Jwt jwt, JwtAudiences? own, long nowUnixNs)
    {
        var status = JwtVerifier.VerifyTimes(jwt, nowUnixNs / MonotonicTime.NanosecondsPerSecond, Provider.ClockSkewSeconds);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (!(own ?? audiences).Allow(jwt))
        {
            return JwtStatus.JwtAudienceNotAllowed;
        }

        return IsSubjectAllowed(jwt) && IsLifetimeAllowed(jwt, nowUnixNs) ? JwtStatus.Ok : JwtStatus.JwtVerificationFail;
    }

    private bool IsSubjectAllowed(Jwt jwt) => Provider.Subjects is not { } subjects || subjects.Matches(System.Text.Encoding.UTF8.GetBytes(jwt.Subject));

    private bool IsLifetimeAllowed(Jwt jwt, long nowUnixNs)
    {
        if (jwt.ExpiresAt == 0)
        {
            return !Provider.RequireExpiration && Provider.MaxLifetimeNs is null;
        }

        return Provider.MaxLifetimeNs is not { } max || ((Int128)jwt.ExpiresAt * MonotonicTime.NanosecondsPerSecond) - nowUnixNs < max;
    }
}
