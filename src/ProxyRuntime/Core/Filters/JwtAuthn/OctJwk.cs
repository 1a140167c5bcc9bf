using System.Security.Cryptography;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A key of <c>kty</c> oct, a shared secret: verifies HS256, HS384 and HS512.</summary>
internal sealed class OctJwk : Jwk
{
    private readonly byte[] secret;

    private OctJwk(string keyId, string algorithm, byte[] secret)
        : base(keyId, algorithm) => this.secret = secret;

    public static JwtStatus TryParse(JsonElement json, string keyId, string algorithm, out Jwk? key)
    {
        key = null;
        if (algorithm is not ("" or "HS256" or "HS384" or "HS512"))
        {
            return JwtStatus.JwksHmacKeyBadAlg;
        }

        var status = Require(json, "k", JwtStatus.JwksHmacKeyMissingK, JwtStatus.JwksHmacKeyBadK, out var text);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (WebSafeBase64.TryDecode(text) is not { Length: > 0 } secret)
        {
            return JwtStatus.JwksOctBadBase64;
        }

        key = new OctJwk(keyId, algorithm, secret);
        return JwtStatus.Ok;
    }

    public override JwtStatus Verify(Jwt jwt)
    {
        Span<byte> mac = stackalloc byte[HMACSHA512.HashSizeInBytes];
        var length = jwt.Algorithm switch
        {
            "HS384" => HMACSHA384.HashData(secret, jwt.SignedData, mac),
            "HS512" => HMACSHA512.HashData(secret, jwt.SignedData, mac),
            _ => HMACSHA256.HashData(secret, jwt.SignedData, mac),
        };
        return CryptographicOperations.FixedTimeEquals(mac[..length], jwt.Signature.Span) ? JwtStatus.Ok : JwtStatus.JwtVerificationFail;
    }
}
