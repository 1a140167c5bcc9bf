using System.Collections.Immutable;
using System.Text.Json;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A JSON Web Key Set (RFC 7517), or a JSON object of certificates in PEM by key id: the keys a provider's tokens are verified with.</summary>
/// <remarks>Immutable; shared by all workers.</remarks>
public sealed class Jwks
{
    private Jwks(ImmutableArray<Jwk> keys) => Keys = keys;

    /// <summary>The usable keys, in the order of the text; at least one.</summary>
    internal ImmutableArray<Jwk> Keys { get; }

    /// <summary>Reads a key set. Keys that cannot be used are left out as long as one can, as Envoy does.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="status">Ok, or why there is no key set: of several bad keys the first.</param>
    /// <returns>Null unless the status is Ok.</returns>
    public static Jwks? TryParse(ReadOnlySpan<byte> json, out JwtStatus status)
    {
        var keys = ImmutableArray.CreateBuilder<Jwk>();
        if (!JwtJson.TryParseObject(json, out var root))
        {
            status = JwtStatus.JwksParseError;
        }
        else if (root.TryGetProperty("keys", out var list))
        {
            status = ReadKeys(list, keys);
        }
        else
        {
            status = AreCertificates(root) ? ReadCertificates(root, keys) : JwtStatus.JwksNoKeys;
        }

        return status == JwtStatus.Ok ? new Jwks(keys.ToImmutable()) : null;
    }

    private static JwtStatus ReadKeys(JsonElement list, ImmutableArray<Jwk>.Builder keys)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return JwtStatus.JwksBadKeys;
        }

        var firstFailure = JwtStatus.JwksNoValidKeys;
        foreach (var json in list.EnumerateArray())
        {
            if (json.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var status = Jwk.TryParse(json, out var key);
            if (key is not null)
            {
                keys.Add(key);
            }
            else if (firstFailure == JwtStatus.JwksNoValidKeys)
            {
                firstFailure = status;
            }
        }

        return keys.Count > 0 ? JwtStatus.Ok : firstFailure;
    }

    /// <summary>True if every member is a certificate in PEM under a name.</summary>
    private static bool AreCertificates(JsonElement root)
    {
        var any = false;
        foreach (var member in root.EnumerateObject())
        {
            any = true;
            if (member.Name.Length == 0 || member.Value.ValueKind != JsonValueKind.String || !IsCertificate(member.Value.GetString()!))
            {
                return false;
            }
        }

        return any;
    }

    private static bool IsCertificate(string pem) =>
        pem.StartsWith("-----BEGIN CERTIFICATE-----\n", StringComparison.Ordinal) && pem.EndsWith("\n-----END CERTIFICATE-----\n", StringComparison.Ordinal);

    /// <summary>One bad certificate spoils the set, unlike one bad key.</summary>
    private static JwtStatus ReadCertificates(JsonElement root, ImmutableArray<Jwk>.Builder keys)
    {
        foreach (var member in root.EnumerateObject())
        {
            var status = RsaJwk.TryParseCertificate(member.Value.GetString()!, member.Name, out var key);
            if (key is null)
            {
                return status;
            }

            keys.Add(key);
        }

        return JwtStatus.Ok;
    }
}
