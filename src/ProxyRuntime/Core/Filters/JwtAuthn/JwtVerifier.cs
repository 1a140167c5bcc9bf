namespace MeshSim.ProxyRuntime.Core;

/// <summary>Whether a token is good: its signature, and its times.</summary>
internal static class JwtVerifier
{
    /// <summary>clock_skew_seconds where the provider has none.</summary>
    public const long ClockSkewSecondsDefault = 60;

    /// <summary>Checks the signature with every key that <c>kid</c> and <c>alg</c> admit, in their order, until one fits.</summary>
    /// <returns>Ok; JwksKidAlgMismatch if no key was admitted; JwtVerificationFail if none fitted.</returns>
    /// <remarks>An Ed25519 key that is admitted ends the search if the signature is not 64 bytes long, whatever keys follow.</remarks>
    public static JwtStatus Verify(Jwt jwt, Jwks keys)
    {
        var result = JwtStatus.JwksKidAlgMismatch;
        foreach (var key in keys.Keys)
        {
            if (!key.Matches(jwt))
            {
                continue;
            }

            result = key.Verify(jwt);
            if (result != JwtStatus.JwtVerificationFail)
            {
                return result;
            }
        }

        return result;
    }

    /// <summary>Checks <c>nbf</c> and <c>exp</c>: good from nbf - skew to exp + skew, both ends included.</summary>
    /// <param name="nowUnixSeconds">0 or more.</param>
    /// <param name="clockSkewSeconds">0 to 2^32 - 1.</param>
    /// <remarks>The sums are of 64 bits without a sign, as Envoy's: an exp within the skew of 2^64 has passed.</remarks>
    public static JwtStatus VerifyTimes(Jwt jwt, long nowUnixSeconds, long clockSkewSeconds)
    {
        var now = (ulong)nowUnixSeconds;
        var skew = (ulong)clockSkewSeconds;
        if (now + skew < jwt.NotBefore)
        {
            return JwtStatus.JwtNotYetValid;
        }

        return jwt.ExpiresAt != 0 && now > unchecked(jwt.ExpiresAt + skew) ? JwtStatus.JwtExpired : JwtStatus.Ok;
    }
}
