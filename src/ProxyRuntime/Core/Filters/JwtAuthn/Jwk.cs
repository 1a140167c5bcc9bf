using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One key of a set. Immutable and shared by all workers: an object of the platform's cryptography lives for one verification.</summary>
/// <param name="keyId">Member <c>kid</c>; empty means that the key serves every token.</param>
/// <param name="algorithm">Member <c>alg</c>; empty means that the key serves every algorithm.</param>
internal abstract class Jwk(string keyId, string algorithm)
{
    public string KeyId => keyId;

    public string Algorithm => algorithm;

    /// <summary>True if the key may have signed the token, going by <c>kid</c> and <c>alg</c>.</summary>
    public bool Matches(Jwt jwt) =>
        (keyId.Length == 0 || jwt.KeyId.Length == 0 || string.Equals(keyId, jwt.KeyId, StringComparison.Ordinal))
        && (algorithm.Length == 0 || string.Equals(algorithm, jwt.Algorithm, StringComparison.Ordinal));

    /// <summary>Checks the signature. The kind of the key, not <c>alg</c>, says how: an algorithm of another kind means SHA-256.</summary>
    public abstract JwtStatus Verify(Jwt jwt);

    /// <summary>Reads one entry of <c>keys</c>.</summary>
    /// <param name="key">Null unless the status is Ok.</param>
    public static JwtStatus TryParse(JsonElement json, out Jwk? key)
    {
        key = null;
        var found = JwtJson.ReadString(json, "kty", out var kind);
        if (found != JwtJson.Member.Found)
        {
            return found == JwtJson.Member.Missing ? JwtStatus.JwksMissingKty : JwtStatus.JwksBadKty;
        }

        // A kid or alg that is not a string counts as none.
        _ = JwtJson.ReadString(json, "kid", out var keyId);
        _ = JwtJson.ReadString(json, "alg", out var algorithm);
        return kind switch
        {
            "EC" => EcJwk.TryParse(json, keyId, algorithm, out key),
            "RSA" => RsaJwk.TryParse(json, keyId, algorithm, out key),
            "oct" => OctJwk.TryParse(json, keyId, algorithm, out key),
            "OKP" => OkpJwk.TryParse(json, keyId, algorithm, out key),
            _ => JwtStatus.JwksNotImplementedKty,
        };
    }

    /// <summary>A required string; the status to give if it is missing or is something else.</summary>
    protected static JwtStatus Require(JsonElement json, string name, JwtStatus missing, JwtStatus wrongType, out string value) =>
        JwtJson.ReadString(json, name, out value) switch
        {
            JwtJson.Member.Missing => missing,
            JwtJson.Member.WrongType => wrongType,
            _ => JwtStatus.Ok,
        };

    /// <summary>A number in <paramref name="length"/> big-endian bytes; null if it needs more.</summary>
    protected static byte[]? Fit(ReadOnlySpan<byte> number, int length)
    {
        var significant = number.TrimStart((byte)0);
        if (significant.Length > length)
        {
            return null;
        }

        var fitted = new byte[length];
        significant.CopyTo(fitted.AsSpan(length - significant.Length));
        return fitted;
    }
}
