using System.Security.Cryptography;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A key of <c>kty</c> EC on P-256, P-384 or P-521: verifies ES256, ES384 and ES512.</summary>
internal sealed class EcJwk : Jwk
{
    private readonly ECParameters parameters;
    private readonly int fieldBytes;

    private EcJwk(string keyId, string algorithm, ECParameters parameters, int fieldBytes)
        : base(keyId, algorithm)
    {
        this.parameters = parameters;
        this.fieldBytes = fieldBytes;
    }

    public static JwtStatus TryParse(JsonElement json, string keyId, string algorithm, out Jwk? key)
    {
        key = null;
        var status = ReadCurve(json, algorithm, out var curve, out var fieldBytes);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        status = Require(json, "x", JwtStatus.JwksEcKeyMissingX, JwtStatus.JwksEcKeyBadX, out var x);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        status = Require(json, "y", JwtStatus.JwksEcKeyMissingY, JwtStatus.JwksEcKeyBadY, out var y);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (WebSafeBase64.TryDecode(x) is not { } xBytes || WebSafeBase64.TryDecode(y) is not { } yBytes)
        {
            return JwtStatus.JwksEcXorYBadBase64;
        }

        var candidate = new ECParameters
        {
            Curve = curve,
            Q = new ECPoint { X = Fit(xBytes, fieldBytes), Y = Fit(yBytes, fieldBytes) },
        };
        if (candidate.Q.X is null || candidate.Q.Y is null || !IsOnCurve(candidate))
        {
            return JwtStatus.JwksEcParseError;
        }

        key = new EcJwk(keyId, algorithm, candidate, fieldBytes);
        return JwtStatus.Ok;
    }

    /// <summary>The signature is r and s in equal halves. A last odd byte is not looked at, and leading zeros do not matter, as in Envoy's library.</summary>
    public override JwtStatus Verify(Jwt jwt)
    {
        var signature = jwt.Signature.Span;
        var half = signature.Length / 2;
        if (Fit(signature[..half], fieldBytes) is not { } r || Fit(signature.Slice(half, half), fieldBytes) is not { } s)
        {
            return JwtStatus.JwtVerificationFail;
        }

        var hash = jwt.Algorithm switch
        {
            "ES384" => HashAlgorithmName.SHA384,
            "ES512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        try
        {
            using var ecdsa = ECDsa.Create(parameters);
            var good = ecdsa.VerifyData(jwt.SignedData, [.. r, .. s], hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            return good ? JwtStatus.Ok : JwtStatus.JwtVerificationFail;
        }
        catch (CryptographicException)
        {
            return JwtStatus.JwtVerificationFail;
        }
    }

    /// <summary>Either of <c>alg</c> and <c>crv</c> names the curve; without both it is P-256.</summary>
    private static JwtStatus ReadCurve(JsonElement json, string algorithm, out ECCurve curve, out int fieldBytes)
    {
        (curve, fieldBytes) = (default, 0);
        if (algorithm.Length > 0 && !algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            return JwtStatus.JwksEcKeyBadAlg;
        }

        if (JwtJson.ReadString(json, "crv", out var name) == JwtJson.Member.WrongType)
        {
            return JwtStatus.JwksEcKeyBadCrv;
        }

        if (algorithm.Length > 0 && name.Length > 0 && (algorithm, name) is not (("ES256", "P-256") or ("ES384", "P-384") or ("ES512", "P-521")))
        {
            return JwtStatus.JwksEcKeyAlgNotCompatibleWithCrv;
        }

        switch (algorithm, name)
        {
            case ("" or "ES256", "") or (_, "P-256"):
                (curve, fieldBytes) = (ECCurve.NamedCurves.nistP256, 32);
                return JwtStatus.Ok;
            case ("ES384", "") or (_, "P-384"):
                (curve, fieldBytes) = (ECCurve.NamedCurves.nistP384, 48);
                return JwtStatus.Ok;
            case ("ES512", "") or (_, "P-521"):
                (curve, fieldBytes) = (ECCurve.NamedCurves.nistP521, 66);
                return JwtStatus.Ok;
            default:
                return JwtStatus.JwksEcKeyAlgOrCrvUnsupported;
        }
    }

    private static bool IsOnCurve(ECParameters parameters)
    {
        try
        {
            ECDsa.Create(parameters).Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
