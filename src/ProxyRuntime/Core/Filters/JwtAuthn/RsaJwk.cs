using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A key of <c>kty</c> RSA, or of a certificate: verifies RS256 to RS512 (PKCS #1) and PS256 to PS512 (PSS with a salt as long as the hash).</summary>
internal sealed class RsaJwk : Jwk
{
    private readonly RSAParameters parameters;

    private RsaJwk(string keyId, string algorithm, RSAParameters parameters)
        : base(keyId, algorithm) => this.parameters = parameters;

    public static JwtStatus TryParse(JsonElement json, string keyId, string algorithm, out Jwk? key)
    {
        key = null;
        if (algorithm.Length > 0 && !algorithm.StartsWith("RS", StringComparison.Ordinal) && !algorithm.StartsWith("PS", StringComparison.Ordinal))
        {
            return JwtStatus.JwksRsaKeyBadAlg;
        }

        var status = Require(json, "n", JwtStatus.JwksRsaKeyMissingN, JwtStatus.JwksRsaKeyBadN, out var modulus);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        status = Require(json, "e", JwtStatus.JwksRsaKeyMissingE, JwtStatus.JwksRsaKeyBadE, out var exponent);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (WebSafeBase64.TryDecode(modulus) is not { } n || WebSafeBase64.TryDecode(exponent) is not { } e || !TryImport(n, e, out var parameters))
        {
            return JwtStatus.JwksRsaParseError;
        }

        key = new RsaJwk(keyId, algorithm, parameters);
        return JwtStatus.Ok;
    }

    /// <summary>Reads a certificate in PEM, which has to hold an RSA key. Nothing else in it is looked at, its dates neither.</summary>
    public static JwtStatus TryParseCertificate(string pem, string keyId, out Jwk? key)
    {
        key = null;
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            using var rsa = certificate.GetRSAPublicKey();
            if (rsa is null)
            {
                return JwtStatus.JwksX509GetPubkeyError;
            }

            key = new RsaJwk(keyId, "", rsa.ExportParameters(includePrivateParameters: false));
            return JwtStatus.Ok;
        }
        catch (CryptographicException)
        {
            return JwtStatus.JwksX509ParseError;
        }
    }

    public override JwtStatus Verify(Jwt jwt)
    {
        var padding =
            jwt.Algorithm.StartsWith("RS", StringComparison.Ordinal) ? RSASignaturePadding.Pkcs1
            : jwt.Algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss
            : null;
        if (padding is null)
        {
            return JwtStatus.JwtVerificationFail;
        }

        var hash = jwt.Algorithm switch
        {
            "RS384" or "PS384" => HashAlgorithmName.SHA384,
            "RS512" or "PS512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        try
        {
            using var rsa = RSA.Create(parameters);
            return rsa.VerifyData(jwt.SignedData, jwt.Signature.Span, hash, padding) ? JwtStatus.Ok : JwtStatus.JwtVerificationFail;
        }
        catch (CryptographicException)
        {
            return JwtStatus.JwtVerificationFail;
        }
    }

    /// <summary>BoringSSL's bounds for a public key: an odd modulus of 512 to 16384 bits; and of the library, 3 or 65537 as exponent.</summary>
    private static bool TryImport(ReadOnlySpan<byte> n, ReadOnlySpan<byte> e, out RSAParameters parameters)
    {
        var modulus = n.TrimStart((byte)0);
        var exponent = e.TrimStart((byte)0);
        parameters = new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() };
        if (modulus.Length is < 64 or > 2048 || (modulus.Length == 64 && modulus[0] < 0x80) || (modulus[^1] & 1) == 0)
        {
            return false;
        }

        if (!exponent.SequenceEqual((ReadOnlySpan<byte>)[3]) && !exponent.SequenceEqual((ReadOnlySpan<byte>)[1, 0, 1]))
        {
            return false;
        }

        try
        {
            RSA.Create(parameters).Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
