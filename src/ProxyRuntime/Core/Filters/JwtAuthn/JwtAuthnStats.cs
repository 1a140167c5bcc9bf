namespace MeshSim.ProxyRuntime.Core;

/// <summary>Statistics of jwt_authn under <c>http.&lt;stat_prefix&gt;.jwt_authn.</c></summary>
internal sealed class JwtAuthnStats
{
    /// <param name="own">stat_prefix of the filter; empty for none.</param>
    public JwtAuthnStats(StatSheet sheet, string managerPrefix, string own)
    {
        var prefix = FilterStatPrefix.Of(managerPrefix, "jwt_authn", own);
        Allowed = sheet.Counter(prefix + "allowed");
        CorsPreflightBypassed = sheet.Counter(prefix + "cors_preflight_bypassed");
        Denied = sheet.Counter(prefix + "denied");
        JwksFetchSuccess = sheet.Counter(prefix + "jwks_fetch_success");
        JwksFetchFailed = sheet.Counter(prefix + "jwks_fetch_failed");
        JwtCacheHit = sheet.Counter(prefix + "jwt_cache_hit");
        JwtCacheMiss = sheet.Counter(prefix + "jwt_cache_miss");
    }

    public Counter Allowed { get; }

    public Counter CorsPreflightBypassed { get; }

    public Counter Denied { get; }

    public Counter JwksFetchSuccess { get; }

    public Counter JwksFetchFailed { get; }

    public Counter JwtCacheHit { get; }

    public Counter JwtCacheMiss { get; }
}

/// <summary>Where the statistics of a filter stand.</summary>
internal static class FilterStatPrefix
{
    /// <summary><c>http.MANAGER.FILTER.</c>, and behind it the filter's own stat_prefix, which may bring its dot at the end.</summary>
    public static string Of(string manager, string filter, string own) => $"http.{manager}.{filter}.{(own.Length == 0 || own.EndsWith('.') ? own : own + ".")}";
}
