using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A token taken apart, its signature not yet looked at. Immutable, so a cache may hand it out.</summary>
internal sealed class Jwt
{
    private static readonly string[] KnownAlgorithms =
    [
        "ES256",
        "ES384",
        "ES512",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "EdDSA",
    ];

    private byte[] signedData = [];
    private int headerLength;

    private Jwt() { }

    /// <summary>Member <c>alg</c> of the header: one of the thirteen algorithms that can be verified.</summary>
    public string Algorithm { get; private set; } = "";

    /// <summary>Member <c>kid</c> of the header; empty means that any key may have signed.</summary>
    public string KeyId { get; private set; } = "";

    /// <summary>Claim <c>iss</c>; empty if there is none.</summary>
    public string Issuer { get; private set; } = "";

    /// <summary>Claim <c>sub</c>; empty if there is none.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>Claim <c>aud</c>, one or several.</summary>
    public ImmutableArray<string> Audiences { get; private set; } = [];

    /// <summary>Claim <c>iat</c> in Unix seconds; 0 if there is none.</summary>
    public ulong IssuedAt { get; private set; }

    /// <summary>Claim <c>nbf</c> in Unix seconds; 0 if there is none.</summary>
    public ulong NotBefore { get; private set; }

    /// <summary>Claim <c>exp</c> in Unix seconds; 0 if there is none: the token is good for ever.</summary>
    public ulong ExpiresAt { get; private set; }

    /// <summary>The header, for header_in_metadata.</summary>
    public JsonElement Header { get; private set; }

    /// <summary>The claims, for claim_to_headers and payload_in_metadata.</summary>
    public JsonElement Payload { get; private set; }

    /// <summary>The header as UTF-8 text.</summary>
    public ReadOnlySpan<byte> HeaderJson => JsonMarshal.GetRawUtf8Value(Header);

    /// <summary>The claims as UTF-8 text.</summary>
    public ReadOnlySpan<byte> PayloadJson => JsonMarshal.GetRawUtf8Value(Payload);

    /// <summary>The claims as the token has them, in Base64url and usually without padding, for forward_payload_header.</summary>
    public ReadOnlySpan<byte> EncodedPayload => signedData.AsSpan(headerLength + 1);

    /// <summary>What the signature covers: encoded header, a dot, encoded claims.</summary>
    public ReadOnlySpan<byte> SignedData => signedData;

    public ReadOnlyMemory<byte> Signature { get; private set; }

    /// <summary>Takes a token apart. Time and memory are proportional to its length, which the limit on headers bounds.</summary>
    /// <param name="jwt">Null unless the status is Ok.</param>
    public static JwtStatus TryParse(ReadOnlySpan<byte> token, out Jwt? jwt)
    {
        jwt = null;
        if (!TrySplit(token, out var header, out var payload, out var signature))
        {
            return JwtStatus.JwtBadFormat;
        }

        var parsed = new Jwt { headerLength = header.Length, signedData = [.. header, (byte)'.', .. payload] };
        var status = parsed.ReadHeader(header);
        if (status == JwtStatus.Ok)
        {
            status = parsed.ReadPayload(payload);
        }

        if (status == JwtStatus.Ok)
        {
            status = parsed.ReadSignature(signature);
        }

        jwt = status == JwtStatus.Ok ? parsed : null;
        return status;
    }

    /// <summary>Three sections between dots; empty ones do not count, as Envoy splits.</summary>
    private static bool TrySplit(ReadOnlySpan<byte> token, out ReadOnlySpan<byte> header, out ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> signature)
    {
        header = payload = signature = default;
        var sections = 0;
        foreach (var range in token.Split((byte)'.'))
        {
            var section = token[range];
            if (section.IsEmpty)
            {
                continue;
            }

            switch (++sections)
            {
                case 1:
                    header = section;
                    break;
                case 2:
                    payload = section;
                    break;
                case 3:
                    signature = section;
                    break;
                default:
                    return false;
            }
        }

        return sections == 3;
    }

    private JwtStatus ReadHeader(ReadOnlySpan<byte> section)
    {
        if (WebSafeBase64.TryDecode(section) is not { } json)
        {
            return JwtStatus.JwtHeaderParseErrorBadBase64;
        }

        if (!JwtJson.TryParseObject(json, out var root))
        {
            return JwtStatus.JwtHeaderParseErrorBadJson;
        }

        if (JwtJson.ReadString(root, "alg", out var algorithm) != JwtJson.Member.Found)
        {
            return JwtStatus.JwtHeaderBadAlg;
        }

        if (!KnownAlgorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            return JwtStatus.JwtHeaderNotImplementedAlg;
        }

        if (JwtJson.ReadString(root, "kid", out var keyId) == JwtJson.Member.WrongType)
        {
            return JwtStatus.JwtHeaderBadKid;
        }

        (Header, Algorithm, KeyId) = (root, algorithm, keyId);
        return JwtStatus.Ok;
    }

    private JwtStatus ReadPayload(ReadOnlySpan<byte> section)
    {
        if (WebSafeBase64.TryDecode(section) is not { } json)
        {
            return JwtStatus.JwtPayloadParseErrorBadBase64;
        }

        if (!JwtJson.TryParseObject(json, out var root))
        {
            return JwtStatus.JwtPayloadParseErrorBadJson;
        }

        Payload = root;
        if (JwtJson.ReadString(root, "iss", out var issuer) == JwtJson.Member.WrongType)
        {
            return JwtStatus.JwtPayloadParseErrorIssNotString;
        }

        if (JwtJson.ReadString(root, "sub", out var subject) == JwtJson.Member.WrongType)
        {
            return JwtStatus.JwtPayloadParseErrorSubNotString;
        }

        (Issuer, Subject) = (issuer, subject);
        var status = ReadTimes(root);
        if (status != JwtStatus.Ok)
        {
            return status;
        }

        if (JwtJson.ReadString(root, "jti", out _) == JwtJson.Member.WrongType)
        {
            return JwtStatus.JwtPayloadParseErrorJtiNotString;
        }

        return ReadAudiences(root) ? JwtStatus.Ok : JwtStatus.JwtPayloadParseErrorAudNotString;
    }

    private JwtStatus ReadTimes(JsonElement root)
    {
        switch (JwtJson.ReadUnsigned(root, "iat", out var issuedAt))
        {
            case JwtJson.Member.WrongType:
                return JwtStatus.JwtPayloadParseErrorIatNotInteger;
            case JwtJson.Member.OutOfRange:
                return JwtStatus.JwtPayloadParseErrorIatOutOfRange;
        }

        switch (JwtJson.ReadUnsigned(root, "nbf", out var notBefore))
        {
            case JwtJson.Member.WrongType:
                return JwtStatus.JwtPayloadParseErrorNbfNotInteger;
            case JwtJson.Member.OutOfRange:
                return JwtStatus.JwtPayloadParseErrorNbfOutOfRange;
        }

        switch (JwtJson.ReadUnsigned(root, "exp", out var expiresAt))
        {
            case JwtJson.Member.WrongType:
                return JwtStatus.JwtPayloadParseErrorExpNotInteger;
            case JwtJson.Member.OutOfRange:
                return JwtStatus.JwtPayloadParseErrorExpOutOfRange;
        }

        (IssuedAt, NotBefore, ExpiresAt) = (issuedAt, notBefore, expiresAt);
        return JwtStatus.Ok;
    }

    /// <summary>One string or a list of strings.</summary>
    private bool ReadAudiences(JsonElement root)
    {
        if (!root.TryGetProperty("aud", out var claim))
        {
            return true;
        }

        if (claim.ValueKind == JsonValueKind.String)
        {
            Audiences = [claim.GetString()!];
            return true;
        }

        if (claim.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var audiences = ImmutableArray.CreateBuilder<string>(claim.GetArrayLength());
        foreach (var audience in claim.EnumerateArray())
        {
            if (audience.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            audiences.Add(audience.GetString()!);
        }

        Audiences = audiences.MoveToImmutable();
        return true;
    }

    private JwtStatus ReadSignature(ReadOnlySpan<byte> section)
    {
        if (WebSafeBase64.TryDecode(section) is not { } signature)
        {
            return JwtStatus.JwtSignatureParseErrorBadBase64;
        }

        Signature = signature;
        return JwtStatus.Ok;
    }
}
