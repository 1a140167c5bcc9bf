using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Tokens and key sets made with fixed keys, which serve for nothing else.</summary>
internal static class TestTokens
{
    /// <summary>Claims of the ready-made token of Ed25519, and of the others unless a test says otherwise.</summary>
    public const string Claims = """{"iss":"https://issuer.test","sub":"ann","aud":"shop","exp":2000000000}""";

    public static readonly byte[] Secret = [.. Enumerable.Range(1, 40).Select(i => (byte)(i * 7))];

    public static readonly RSA Rsa = Import(RSA.Create(), RsaPrivate);

    public static readonly RSA OtherRsa = Import(RSA.Create(), OtherRsaPrivate);

    private static readonly ECDsa P256 = Import(ECDsa.Create(), P256Private);

    private static readonly ECDsa P384 = Import(ECDsa.Create(), P384Private);

    private static readonly ECDsa P521 = Import(ECDsa.Create(), P521Private);

    public static IEnumerable<string> Algorithms =>
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "EdDSA"];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Encode(string text) => Base64Url.EncodeToString(Bytes(text));

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>A token with any header and claims; its signature is worth nothing.</summary>
    public static string Unsigned(string header, string claims = Claims) => $"{Encode(header)}.{Encode(claims)}.c2ln";

    /// <summary>A token signed as its algorithm says. For EdDSA there is one ready-made, of key <c>ed</c>.</summary>
    public static string Sign(string algorithm, string claims = Claims, string? keyId = null)
    {
        if (algorithm == "EdDSA")
        {
            return EdDsaToken;
        }

        var kid = keyId is null ? "" : $",\"kid\":\"{keyId}\"";
        return Sign(algorithm, $$"""{"alg":"{{algorithm}}"{{kid}}}""", claims, algorithm);
    }

    /// <summary>A token whose header says one thing and whose signature is another.</summary>
    public static string Sign(string signAs, string header, string claims, string curveOf)
    {
        var data = $"{Encode(header)}.{Encode(claims)}";
        return $"{data}.{Encode(Signature(signAs, curveOf, Bytes(data)))}";
    }

    /// <summary>The public key (or the secret) for an algorithm, as JSON.</summary>
    /// <param name="members">More members, for example <c>"kid":"a"</c>.</param>
    public static string Key(string algorithm, string members = "")
    {
        var more = members.Length == 0 ? "" : "," + members;
        switch (algorithm)
        {
            case "EdDSA":
                return $$"""{"kty":"OKP","crv":"Ed25519","x":"{{EdDsaX}}"{{more}}}""";
            case ['H', ..]:
                return $$"""{"kty":"oct","k":"{{Encode(Secret)}}"{{more}}}""";
            case ['E', ..]:
                var point = Curve(algorithm).ExportParameters(false).Q;
                return $$"""{"kty":"EC","crv":"{{CurveName(algorithm)}}","x":"{{Encode(point.X!)}}","y":"{{Encode(point.Y!)}}"{{more}}}""";
            default:
                return RsaKey(Rsa, members);
        }
    }

    public static string RsaKey(RSA rsa, string members = "")
    {
        var key = rsa.ExportParameters(false);
        return $$"""{"kty":"RSA","n":"{{Encode(key.Modulus!)}}","e":"{{Encode(key.Exponent!)}}"{{(members.Length == 0 ? "" : "," + members)}}}""";
    }

    public static Jwks Keys(params string[] keys) => Jwks.TryParse(Bytes($$"""{"keys":[{{string.Join(',', keys)}}]}"""), out _)!;

    public static Jwt Parse(string token)
    {
        Assert.Equal(JwtStatus.Ok, Jwt.TryParse(Bytes(token), out var jwt));
        return jwt!;
    }

    private static byte[] Signature(string algorithm, string curveOf, byte[] data)
    {
        var hash = algorithm[^3..] switch
        {
            "384" => HashAlgorithmName.SHA384,
            "512" => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        return algorithm[0] switch
        {
            'R' => Rsa.SignData(data, hash, RSASignaturePadding.Pkcs1),
            'P' => Rsa.SignData(data, hash, RSASignaturePadding.Pss),
            'E' => Curve(curveOf).SignData(data, hash),
            _ => CryptographicOperations.HmacData(hash, Secret, data),
        };
    }

    private static ECDsa Curve(string algorithm) =>
        algorithm switch
        {
            "ES256" => P256,
            "ES384" => P384,
            _ => P521,
        };

    private static string CurveName(string algorithm) =>
        algorithm switch
        {
            "ES256" => "P-256",
            "ES384" => "P-384",
            _ => "P-521",
        };

    private static T Import<T>(T key, string pkcs8)
        where T : AsymmetricAlgorithm
    {
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(pkcs8), out _);
        return key;
    }

    private const string EdDsaX = "QhT_W3YjQUUbMZDTkl70VqsK72nsPeBQ4y4-LEJRk54";

    private const string EdDsaToken =
        "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0."
        + "eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0Iiwic3ViIjoiYW5uIiwiYXVkIjoic2hvcCIsImV4cCI6MjAwMDAwMDAwMH0."
        + "57SrRLkBUx_K_ntb4R3pS6DQJkdfQFx8TzXtdjjzaUyNN2bgmof-NSKdYZaY5BEQoiozAkaEdynlKCUuQy25AQ";

    private const string P256Private =
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH5Hrzd8KCzEhOdbUL0UDmfd4S24EkGSh+1a8HZsFlZuhRANCAASzCxn5m1jRR1tWX5CRi8PD"
        + "+C7jzaVfkube/YDo8/JUmVtks1fqhf12ODz8vMuRGXP/oKVCdyPyMRrDRupxJf1f";

    private const string P384Private =
        "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDcTY3/J/azuSqJhL9ztU/ASvauwzKV5OpykPhCunmmAwtgfyKqfpeOQOe3w2gh3IWhZANiAAR5"
        + "XgwfJpCO85U65T6WvcUKVVw6tBjtszkkJCZi61Qh4qGcemwUPwce9kJmWUJS7mwcfHr8wWYD9rP1P7Xg4TVVpJrkg8nymydoVtQwV586MXyarjkmUmVM9vha"
        + "wgMXcxI=";

    private const string P521Private =
        "MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBTOEPO2Uv+QJ7V8aR7RL5VzlAraxtj5FA2OsKln1eruQkQpqrD+cupisxYTvZc/udRVtJ15fG"
        + "tVoCeCTRZHw8j4OhgYkDgYYABAE3HVEjPyYoc3r48TIsnCZmxlHL2GR/ugECi69eDkHrda2EW/V0/sKQTcxCcMh1z+KnmRvv5OqkKPoEs6gWDTJ5vwBDKLHm"
        + "FEQb3u28ZfWrokBWwJrpcfgM9xdG6ScX/ip4Lfgcu2DJKDLYg33rvdBM5yntKsOEfgEe3REASrLaz7n5jQ==";

    private const string RsaPrivate =
        "MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDUIHUJ9GYMyIZXRztGI7xkgLZ+7cLwIepey/uPXsY7vPrk3zxrrbU7zfR/8/c/QC3KpmJP"
        + "w9dAeQITnpkbMTBXpLQjBhK9032Gy9B5aYr8WgdyAhPLSepatCMOFk48JLsMM9wus0GG+y1TEMOZzT8MgGLi8yOdGd0ZULuEj9Xhm26whiaiOiLqX2F0JyKJ"
        + "x2i2tRZbr+e3V+IRxtpp23HlGbGY6oRP/X2aX4n4OItwjQRZ96rwJh1t5UAX/2h2NI9m0EhXmGh/rF2hMQlvJMhasB4Yy1BjWGtbaEWuI+FZOR1FxSTzwJG9"
        + "Gr3yI2vOqYrN+u1rg9AZs13cH+nbnQ+DAgMBAAECggEAOXQzDwetjj/Ptxr5cHVkZNpB054lQvIErzlTgND8Ixj74XqfPFD3ueN+GhvjdzO0U2N+VDlodzNv"
        + "Pw4hTO6lN8/J5ISUFesO4DAa3o+aD+B4jMYIQ3LZMUkCB6I9/Wc7bEItnE577InijFGJkQI41fN+FRciqb3kFyO5Ll3g4bI/fyB0RdCJG4kqyrjntf7kXtu1"
        + "TnipV0xtePFybHm9id0Nyeu7c3ThFFX+OLRYqa4kMgUzeqk4+Uml3MgqqNXAV1ViPH6BpjWbdQzEFK42mukrRJlTjesnXvN3S9YnDic71SFHHUE8m7qkSc32"
        + "e2KGEGBkgiGlFenTdIg+Q8s8gQKBgQD8+sxrLrCp3QXWuZp1MLwDScB9O/f1sfMn8t+a5EfCHshhnHhTNHfkfKrG3DpB3igJ31kodk35kuRBD62DGE+PUxLP"
        + "GW/IYmYAdfvwFQBVwkuaW6rT+N4T4qtG/P2KvEfH9YEGZKQLj97l8Lk9Lhi6/w33QhchMQAyESXO6V5UAwKBgQDWqMv6SN800e04Q7rfR1cBkgTqFk79tfWv"
        + "6WX8CNhBpVNfY6o5QNdxc7upjOzAgsGoJd54yUkir+ioHllq/reL4k4XKrir7iAObcxiobjtMi3WddKRd/0JvfeCVTPEUzK84Xz17nGftik7VN1joXeLf9P9"
        + "xr8CQsZKHDie85Q+gQKBgQCiI8xo1d/8vuBDI2pPuhCGuvpYSds+6fLCo/OUvsMPM9OSXEryaSp+kziRhA0CsnRO/4uRV2Hal78bxASdhTNY1RG1EsSGViqy"
        + "GOyEj7FLReBW6nGusk8Dx7+nG/cUuF/5VOyBQHezwV5HWeYfxC+tilNVKlLQvys067Cj0QbYKQKBgQCC67J0tStFiN+42D5KXbVoJMnQh8innun4304vOKnE"
        + "5/OAk0XH449DB8YmM+hVxaodRvN4EbQEbutkVhZNVotVyrG8GXdGjVaJ1le4tFAYgulICtZhmKAA6BbkK9kF3YRthM11JXexZCWjpS/dyyYhM9Z0ylnHJDjS"
        + "DIJQF9mLgQKBgQDy0j3/ETKaXgXvUYfXHCqqtiRd2NZB5aNKqYTLzEgBrXox4enFIjmDVheW81ZdrBXKJxUQNB79Pi1FS/dj8nS+rkhP0MSiDGjR4+T2hkNK"
        + "6/QYnn1DExE7Ajga7pinj8rJS0B8QC1gKkp4XiJM84s/UlzJhCSa4842QEp7QtfmXg==";

    private const string OtherRsaPrivate =
        "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDB/25psfIzr0R2C5Xv8KUv9Qe0suHDcyIIK0WkQSHCv/sBEDbfQQBguvcQ0nfZ3b1Aqe9c"
        + "ICcvCIcRqZparZX0TV6Tb4aAjhhSAB6PFVxufKvJ3YUx3CQApdPas8qlD/FB3NWiCNNLmCP6RCBM9o9u9M0VjZugjU8ajUUeVZpCmvvIde1hCGx/HzfYUI3u"
        + "g9ISn6X5Zm8b2oaqKTv3vUXzsX6gyBrKkBq7T4IDh6sAsJRIOhhNRs35ddpZti2UNUC/SzhLWnL/EXzDD2SMNzu2g1ojGO/pqReC/Mrzpsi0TvqbEYbnoe7l"
        + "7wtRLNlXvNvmVz4LPLYDAMR16AF4gVyTAgMBAAECggEAB/W0ERAlEOvTEkjdaQ/lpzcVjtt8GenibpVf8SJfAT+hS+Tfa3+eRVnGg2EvW7gWaM3QLWaAVRSz"
        + "fg0IcUoIChMWm1QLH8E0zECHAHXu6fWhktHNAkO3EnO7YpDX8rfZvUsTVOepy8M9Tqp27NF9Bx9yPr0lsou5wCwltt3qS2tAL/mkeL8gJ6GFXjfirSly4iy2"
        + "umYn0qniMoluvpWYXuZqeuhq7jj81wbupXa1A+M7L/5gmWE/rtRTNUY8lExNg9N9T85q3i4DaBJgUZPsNH3QUG8/dB059sMlDj0rCKnKhLR3czaVlMMnwvZP"
        + "5lULyUwHBHNuRw9ZyUlDo/5EUQKBgQDtxHnBbdkQPPz/qsoDue/t/SPxT4/1aXRnyZwimEmDhyt1N8FmBb0CGNsusrq51PuKGZ+djatT1AdN7ZaDs+SUSHnb"
        + "BVDc6s24SPu1ykkYW7Cx7DkhSQ5A+QxVvv7ODuVXM75HkmJjmJkb8JQX7N4YKYW+GaO20hPVXTv71dmXSQKBgQDQ37qhM92vlXeFaXqmSSEq2vjPsLQWCXEt"
        + "ZzP2bo6cZBIjj2cRDfKyk28e0j4Xq9OXuh3l3+VA06bnqidLMaEjQ8ns6ADDbxlxEjs/8izNWOrDCbHVu6xAsN3pIELxbXM8iZl+AcCQODnM5xxvGduck50D"
        + "X4OaImUYKc27ETHI+wKBgQDTWTVdUhaDj6LYZGkjvNDgPIcJhk6RuAZoB1cJjVKzXqCrlj8MQAeNaKjULr06WG6riDFQrFBhuHQxugJz2aFSicX/gQ8rAHCS"
        + "4hUUt9YXl9FNpov14WmRKY/kXF1Erwr/Y5g9KIrauxdGNah+R+f3lFk07LeQ19YXb8PVDHdZOQKBgE0hoSBwL7fsIPPSLKmFLctOizzeytGscO/MQYMJ9n3H"
        + "8m7RQMUqemn5Sbp+9tD08bEA2JOPp2/V+LdpvRLmY9PK76EdV1LUDvgTPG/ztRmrcR3O0a3UnNpStc+lyzKuMTS0t0qxyPM44BdLbNOWH+PlGsEpH0bm1qAi"
        + "p8chpVnLAoGBAMe1E9YgmizikgnPrWCk9c5A7iIhPNymH9IAZrU9r9u1KPPNmJ5eU52HLnuYuDEVwv6tl5rLRQsjv7FI+DBIZGstC7auzkdPVmzo3kWl8lKn"
        + "wgFl9V/2Kj8GL78Whda0pLhZLwjGf/BR380nOZub/Wz+HHOML1ezRDbtmcKgaVID";
}
