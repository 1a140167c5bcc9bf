namespace MeshSim.ProxyRuntime.Core;

/// <summary>What Envoy says of a <see cref="JwtStatus"/>: the body of a denied request, and the reason why a key set is refused.</summary>
public static class JwtStatusTexts
{
    public static string Text(this JwtStatus status) =>
        status switch
        {
            JwtStatus.Ok => "OK",
            JwtStatus.JwtMissed => "Jwt is missing",
            JwtStatus.JwtNotYetValid => "Jwt not yet valid",
            JwtStatus.JwtExpired => "Jwt is expired",
            JwtStatus.JwtBadFormat => "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections",
            JwtStatus.JwtEd25519SignatureWrongLength => "Jwt ED25519 signature is wrong length",
            JwtStatus.JwtUnknownIssuer => "Jwt issuer is not configured",
            JwtStatus.JwtAudienceNotAllowed => "Audiences in Jwt are not allowed",
            JwtStatus.JwtVerificationFail => "Jwt verification fails",
            < JwtStatus.JwtUnknownIssuer => TokenText(status),
            _ => KeySetText(status) ?? KeyText(status),
        };

    private static string TokenText(JwtStatus status) =>
        status switch
        {
            JwtStatus.JwtHeaderParseErrorBadBase64 => "Jwt header is an invalid Base64url encoded",
            JwtStatus.JwtHeaderParseErrorBadJson => "Jwt header is an invalid JSON",
            JwtStatus.JwtHeaderBadAlg => "Jwt header [alg] field is required and must be a string",
            JwtStatus.JwtHeaderNotImplementedAlg => "Jwt header [alg] is not supported",
            JwtStatus.JwtHeaderBadKid => "Jwt header [kid] field is not a string",
            JwtStatus.JwtPayloadParseErrorBadBase64 => "Jwt payload is an invalid Base64url encoded",
            JwtStatus.JwtPayloadParseErrorBadJson => "Jwt payload is an invalid JSON",
            JwtStatus.JwtPayloadParseErrorIssNotString => "Jwt payload [iss] field is not a string",
            JwtStatus.JwtPayloadParseErrorSubNotString => "Jwt payload [sub] field is not a string",
            JwtStatus.JwtPayloadParseErrorIatNotInteger => "Jwt payload [iat] field is not an integer",
            JwtStatus.JwtPayloadParseErrorIatOutOfRange => "Jwt payload [iat] field is not a positive 64 bit integer",
            JwtStatus.JwtPayloadParseErrorNbfNotInteger => "Jwt payload [nbf] field is not an integer",
            JwtStatus.JwtPayloadParseErrorNbfOutOfRange => "Jwt payload [nbf] field is not a positive 64 bit integer",
            JwtStatus.JwtPayloadParseErrorExpNotInteger => "Jwt payload [exp] field is not an integer",
            JwtStatus.JwtPayloadParseErrorExpOutOfRange => "Jwt payload [exp] field is not a positive 64 bit integer",
            JwtStatus.JwtPayloadParseErrorJtiNotString => "Jwt payload [jti] field is not a string",
            JwtStatus.JwtPayloadParseErrorAudNotString => "Jwt payload [aud] field is not a string or string list",
            JwtStatus.JwtSignatureParseErrorBadBase64 => "Jwt signature is an invalid Base64url encoded",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status of a token."),
        };

    private static string? KeySetText(JwtStatus status) =>
        status switch
        {
            JwtStatus.JwksParseError => "Jwks is an invalid JSON",
            JwtStatus.JwksNoKeys => "Jwks does not have [keys] field",
            JwtStatus.JwksBadKeys => "[keys] in Jwks is not an array",
            JwtStatus.JwksNoValidKeys => "Jwks doesn't have any valid public key",
            JwtStatus.JwksKidAlgMismatch => "Jwks doesn't have key to match kid or alg from Jwt",
            JwtStatus.JwksFetchFail => "Jwks remote fetch is failed",
            JwtStatus.JwksMissingKty => "[kty] is missing in [keys]",
            JwtStatus.JwksBadKty => "[kty] is bad in [keys]",
            JwtStatus.JwksNotImplementedKty => "[kty] is not supported in [keys]",
            JwtStatus.JwksX509ParseError => "X509 parse pubkey fails",
            JwtStatus.JwksX509GetPubkeyError => "X509 parse pubkey internal fails: get pubkey",
            _ => null,
        };

    private static string KeyText(JwtStatus status) =>
        status switch
        {
            JwtStatus.JwksRsaParseError => "Jwks RSA [n] or [e] field is missing or has a parse error",
            JwtStatus.JwksRsaKeyBadAlg => "[alg] is not started with [RS] or [PS] for an RSA key",
            JwtStatus.JwksRsaKeyMissingN => "[n] field is missing for a RSA key",
            JwtStatus.JwksRsaKeyBadN => "[n] field is not string for a RSA key",
            JwtStatus.JwksRsaKeyMissingE => "[e] field is missing for a RSA key",
            JwtStatus.JwksRsaKeyBadE => "[e] field is not string for a RSA key",
            JwtStatus.JwksEcXorYBadBase64 => "Jwks EC [x] or [y] field is an invalid Base64.",
            JwtStatus.JwksEcParseError => "Jwks EC [x] and [y] fields have a parse error.",
            JwtStatus.JwksEcKeyBadAlg => "[alg] is not started with [ES] for an EC key",
            JwtStatus.JwksEcKeyBadCrv => "[crv] field is not string for an EC key",
            JwtStatus.JwksEcKeyAlgOrCrvUnsupported => "[crv] or [alg] field is not supported for an EC key",
            JwtStatus.JwksEcKeyAlgNotCompatibleWithCrv => "[crv] field specified is not compatible with [alg] for an EC key",
            JwtStatus.JwksEcKeyMissingX => "[x] field is missing for an EC key",
            JwtStatus.JwksEcKeyBadX => "[x] field is not string for an EC key",
            JwtStatus.JwksEcKeyMissingY => "[y] field is missing for an EC key",
            JwtStatus.JwksEcKeyBadY => "[y] field is not string for an EC key",
            JwtStatus.JwksOctBadBase64 => "Jwks Oct key is an invalid Base64",
            JwtStatus.JwksHmacKeyBadAlg => "[alg] does not start with [HS] for an HMAC key",
            JwtStatus.JwksHmacKeyMissingK => "[k] field is missing for an HMAC key",
            JwtStatus.JwksHmacKeyBadK => "[k] field is not string for an HMAC key",
            JwtStatus.JwksOkpXBadBase64 => "Jwks OKP [x] field is an invalid Base64.",
            JwtStatus.JwksOkpXWrongLength => "Jwks OKP [x] field is wrong length.",
            JwtStatus.JwksOkpKeyBadAlg => "[alg] is not [EdDSA] for an OKP key",
            JwtStatus.JwksOkpKeyMissingCrv => "[crv] field is missing for an OKP key",
            JwtStatus.JwksOkpKeyBadCrv => "[crv] field is not string for an OKP key",
            JwtStatus.JwksOkpKeyCrvUnsupported => "[crv] field is not supported for an OKP key",
            JwtStatus.JwksOkpKeyMissingX => "[x] field is missing for an OKP key",
            JwtStatus.JwksOkpKeyBadX => "[x] field is not string for an OKP key",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status of a key."),
        };
}
