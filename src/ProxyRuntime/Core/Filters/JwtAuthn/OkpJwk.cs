using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A key of <c>kty</c> OKP on Ed25519: verifies EdDSA.</summary>
internal sealed class OkpJwk : Jwk
{
    private readonly byte[] publicKey;

    private OkpJwk(string keyId, string algorithm, byte[] publicKey)
        : base(keyId, algorithm) => this.publicKey = publicKey;

    public static JwtStatus TryParse(JsonElement json, string keyId, string algorithm, out Jwk? key)
    {
        key = null;
        if (algorithm is not ("" or "EdDSA"))
        {
            return JwtStatus.JwksOkpKeyBadAlg;
        }

        var status = Require(json, "crv", JwtStatus.JwksOkpKeyMissingCrv, JwtStatus.JwksOkpKeyBadCrv, out var curve);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (!string.Equals(curve, "Ed25519", StringComparison.Ordinal))
        {
            return JwtStatus.JwksOkpKeyCrvUnsupported;
        }

        status = Require(json, "x", JwtStatus.JwksOkpKeyMissingX, JwtStatus.JwksOkpKeyBadX, out var x);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (WebSafeBase64.TryDecode(x) is not { } publicKey)
        {
            return JwtStatus.JwksOkpXBadBase64;
        }

        if (publicKey.Length != Ed25519.PublicKeyBytes)
        {
            return JwtStatus.JwksOkpXWrongLength;
        }

        key = new OkpJwk(keyId, algorithm, publicKey);
        return JwtStatus.Ok;
    }

    public override JwtStatus Verify(Jwt jwt)
    {
        if (jwt.Signature.Length != Ed25519.SignatureBytes)
        {
            return JwtStatus.JwtEd25519SignatureWrongLength;
        }

        return Ed25519.Verify(publicKey, jwt.SignedData, jwt.Signature.Span) ? JwtStatus.Ok : JwtStatus.JwtVerificationFail;
    }
}
