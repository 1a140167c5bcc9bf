using CsCheck;
using static MeshSim.ProxyRuntime.Core.Tests.TestTokens;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtVerifierTests
{
    public static TheoryData<string> EveryAlgorithm => [.. Algorithms];

    [Theory]
    [MemberData(nameof(EveryAlgorithm))]
    public void A_signature_of_each_algorithm_verifies_and_no_flipped_bit_does(string algorithm)
    {
        var token = Sign(algorithm);
        var sections = token.Split('.');
        var signature = Parse(token).Signature.ToArray();
        var keys = Keys(Key(algorithm));

        Assert.Equal(JwtStatus.Ok, Verify(token, keys));
        foreach (var bit in (int[])[0, 7, signature.Length * 4, (signature.Length * 8) - 1])
        {
            byte[] flipped = [.. signature];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(JwtStatus.JwtVerificationFail, Verify($"{sections[0]}.{sections[1]}.{Encode(flipped)}", keys));
        }

        var otherClaims = Encode(Claims.Replace("ann", "bnn", StringComparison.Ordinal));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify($"{sections[0]}.{otherClaims}.{sections[2]}", keys));
    }

    [Theory]
    [MemberData(nameof(EveryAlgorithm))]
    public void A_key_may_name_the_algorithm_it_is_for(string algorithm)
    {
        Assert.Equal(JwtStatus.Ok, Verify(Sign(algorithm), Keys(Key(algorithm, $"\"alg\":\"{algorithm}\""))));
    }

    [Fact]
    public void The_length_of_the_hash_counts()
    {
        var header = """{"alg":"RS512"}""";

        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(Sign("RS256", header, Claims, "RS256"), Keys(Key("RS256"))));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(Sign("PS256", """{"alg":"RS256"}""", Claims, "PS256"), Keys(Key("RS256"))));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(Sign("HS256", """{"alg":"HS384"}""", Claims, "HS256"), Keys(Key("HS256"))));
    }

    [Theory]
    [InlineData("\"kid\":\"a\"", "a", JwtStatus.Ok)]
    [InlineData("\"kid\":\"a\"", "b", JwtStatus.JwksKidAlgMismatch)]
    [InlineData("\"kid\":\"a\"", "A", JwtStatus.JwksKidAlgMismatch)]
    [InlineData("\"kid\":\"a\"", null, JwtStatus.Ok)]
    [InlineData("\"kid\":\"a\"", "", JwtStatus.Ok)]
    [InlineData("", "a", JwtStatus.Ok)]
    [InlineData("\"kid\":\"\"", "a", JwtStatus.Ok)]
    [InlineData("\"kid\":7", "a", JwtStatus.Ok)]
    [InlineData("\"alg\":\"RS256\"", null, JwtStatus.Ok)]
    [InlineData("\"alg\":\"RS384\"", null, JwtStatus.JwksKidAlgMismatch)]
    [InlineData("\"alg\":\"RS256\",\"kid\":\"a\"", "a", JwtStatus.Ok)]
    [InlineData("\"alg\":\"PS256\",\"kid\":\"a\"", "a", JwtStatus.JwksKidAlgMismatch)]
    public void Key_id_and_algorithm_choose_the_key(string members, string? keyId, JwtStatus status) =>
        Assert.Equal(status, Verify(Sign("RS256", keyId: keyId), Keys(Key("RS256", members))));

    [Fact]
    public void Every_key_that_may_fit_is_tried()
    {
        var token = Sign("RS256", keyId: "a");
        var wrong = RsaKey(OtherRsa, "\"kid\":\"a\"");
        var right = Key("RS256", "\"kid\":\"a\"");

        Assert.Equal(JwtStatus.Ok, Verify(token, Keys(wrong, Key("HS256"), Key("ES256"), right)));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(token, Keys(wrong, Key("RS256", "\"kid\":\"b\""))));
        Assert.Equal(JwtStatus.JwksKidAlgMismatch, Verify(token, Keys(Key("RS256", "\"kid\":\"b\""))));
    }

    /// <summary>So an attacker who knows a public key cannot use it as a secret.</summary>
    [Fact]
    public void The_kind_of_the_key_decides_and_not_what_the_token_says()
    {
        foreach (var algorithm in (string[])["HS256", "ES256", "EdDSA"])
        {
            var token = Sign("RS256", $$"""{"alg":"{{algorithm}}"}""", Claims, "RS256");
            Assert.Equal(JwtStatus.JwtVerificationFail, Verify(token, Keys(Key("RS256"))));
        }

        // Envoy takes a foreign algorithm for SHA-256 where the key does not name its own.
        Assert.Equal(JwtStatus.Ok, Verify(Sign("ES256", """{"alg":"RS512"}""", Claims, "ES256"), Keys(Key("ES256"))));
        Assert.Equal(JwtStatus.Ok, Verify(Sign("HS256", """{"alg":"ES512"}""", Claims, "HS256"), Keys(Key("HS256"))));
        Assert.Equal(JwtStatus.JwksKidAlgMismatch, Verify(Sign("HS256", """{"alg":"ES512"}""", Claims, "HS256"), Keys(Key("HS256", "\"alg\":\"HS256\""))));
    }

    [Fact]
    public void A_curve_may_go_with_the_hash_of_another()
    {
        var token = Sign("ES512", """{"alg":"ES512"}""", Claims, "ES256");

        Assert.Equal(JwtStatus.Ok, Verify(token, Keys(Key("ES256"))));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(token, Keys(Key("ES512"))));
    }

    [Fact]
    public void Halves_of_a_curve_signature_are_numbers()
    {
        var sections = Sign("ES256").Split('.');
        var signature = Parse(string.Join('.', sections)).Signature.ToArray();
        string With(byte[] bytes) => $"{sections[0]}.{sections[1]}.{Encode(bytes)}";
        var keys = Keys(Key("ES256"));

        Assert.Equal(JwtStatus.Ok, Verify(With([0, .. signature[..32], 0, .. signature[32..]]), keys));
        Assert.Equal(JwtStatus.Ok, Verify(With([.. signature, 77]), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(With([1, .. signature[..32], 1, .. signature[32..]]), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(With([77, .. signature]), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(With(signature[..62]), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(With(new byte[64]), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, Verify(With([9]), keys));
    }

    [Fact]
    public void A_signature_of_the_wrong_length_fails()
    {
        foreach (var algorithm in (string[])["RS256", "PS256", "HS256"])
        {
            var token = Sign(algorithm);
            var bytes = Parse(token).Signature.ToArray();
            foreach (
                var signature in (byte[][])
                    [
                        [.. bytes, 0],
                        [0, .. bytes],
                        bytes[..^1],
                        [0],
                    ]
            )
            {
                var changed = $"{token[..token.LastIndexOf('.')]}.{Encode(signature)}";
                Assert.Equal(JwtStatus.JwtVerificationFail, Verify(changed, Keys(Key(algorithm))));
            }
        }
    }

    [Fact]
    public void An_Ed25519_key_ends_the_search_over_the_length_of_the_signature()
    {
        Assert.Equal(JwtStatus.JwtEd25519SignatureWrongLength, Verify(Sign("RS256"), Keys(Key("EdDSA"), Key("RS256"))));
        Assert.Equal(JwtStatus.Ok, Verify(Sign("RS256"), Keys(Key("RS256"), Key("EdDSA"))));
        Assert.Equal(JwtStatus.Ok, Verify(Sign("RS256"), Keys(Key("EdDSA", "\"alg\":\"EdDSA\""), Key("RS256"))));
        Assert.Equal(JwtStatus.Ok, Verify(Sign("ES256"), Keys(Key("EdDSA"), Key("ES256"))));
    }

    [Theory]
    [InlineData("{}", 0, JwtStatus.Ok)]
    [InlineData("{}", long.MaxValue, JwtStatus.Ok)]
    [InlineData("""{"exp":1700000003}""", 1700000062, JwtStatus.Ok)]
    [InlineData("""{"exp":1700000003}""", 1700000063, JwtStatus.Ok)]
    [InlineData("""{"exp":1700000003}""", 1700000064, JwtStatus.JwtExpired)]
    [InlineData("""{"nbf":1700000003}""", 1699999944, JwtStatus.Ok)]
    [InlineData("""{"nbf":1700000003}""", 1699999943, JwtStatus.Ok)]
    [InlineData("""{"nbf":1700000003}""", 1699999942, JwtStatus.JwtNotYetValid)]
    [InlineData("""{"nbf":1700000203,"exp":1700000003}""", 1700000100, JwtStatus.JwtNotYetValid)]
    [InlineData("""{"exp":0}""", 1700000000, JwtStatus.Ok)]
    [InlineData("""{"exp":0.9}""", 1700000000, JwtStatus.Ok)]
    [InlineData("""{"exp":1}""", 61, JwtStatus.Ok)]
    [InlineData("""{"exp":1}""", 62, JwtStatus.JwtExpired)]
    [InlineData("""{"iat":1800000000}""", 1700000000, JwtStatus.Ok)]
    [InlineData("""{"exp":18446744073709549568}""", 1700000000, JwtStatus.Ok)]
    [InlineData("""{"nbf":18446744073709549568}""", 1700000000, JwtStatus.JwtNotYetValid)]
    public void Times_hold_to_the_second_with_the_skew(string claims, long now, JwtStatus status) =>
        Assert.Equal(status, JwtVerifier.VerifyTimes(Claim(claims), now, JwtVerifier.ClockSkewSecondsDefault));

    [Theory]
    [InlineData(0, 1700000003, JwtStatus.Ok)]
    [InlineData(0, 1700000004, JwtStatus.JwtExpired)]
    [InlineData(7, 1700000010, JwtStatus.Ok)]
    [InlineData(7, 1700000011, JwtStatus.JwtExpired)]
    [InlineData(uint.MaxValue, 5994967298, JwtStatus.Ok)]
    [InlineData(uint.MaxValue, 5994967299, JwtStatus.JwtExpired)]
    public void The_skew_is_the_provider_s(long skew, long now, JwtStatus status) =>
        Assert.Equal(status, JwtVerifier.VerifyTimes(Claim("""{"exp":1700000003}"""), now, skew));

    [Fact]
    public void An_expiry_within_the_skew_of_the_end_of_numbers_has_passed() =>
        Assert.Equal(JwtStatus.JwtExpired, JwtVerifier.VerifyTimes(Claim("""{"exp":18446744073709549568}"""), 1700000000, 2048));

    /// <summary>Whatever is done to a token, it is refused, unless the same signed bytes and the same signature come out of it.</summary>
    [Fact]
    public void A_changed_token_never_verifies_and_never_throws()
    {
        (byte[] Token, Jwks Keys)[] originals = [.. ((string[])["RS256", "PS384", "ES256", "HS512", "EdDSA"]).Select(a => (Bytes(Sign(a)), Keys(Key(a))))];
        var interesting = Gen.Frequency((3, Gen.Char["ABCabc019-_=. \"{}[]:,"].Select(c => (byte)c)), (1, Gen.Byte));
        var change = Gen.Select(Gen.Int[0, 2], Gen.Double[0, 0.999999], interesting);

        Gen.Select(Gen.Int[0, originals.Length - 1], change.Array[1, 3])
            .Sample(
                (which, changes) =>
                {
                    var (token, keys) = originals[which];
                    var original = Parse(System.Text.Encoding.ASCII.GetString(token));
                    var status = Jwt.TryParse(Change(token, changes), out var jwt);
                    if (status == JwtStatus.Ok)
                    {
                        status = JwtVerifier.Verify(jwt!, keys);
                    }

                    return status != JwtStatus.Ok || IsSame(original, jwt!);
                },
                iter: 4_000
            );
    }

    [Fact]
    public void Bytes_that_are_no_token_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 60], Gen.Byte.Array[0, 80])
            .Sample(
                (header, claims, signature) =>
                {
                    var raw = Jwt.TryParse([.. header, (byte)'.', .. claims, (byte)'.', .. signature], out _);
                    var encoded = Jwt.TryParse(Bytes($"{Encode("""{"alg":"HS256"}""")}.{Encode(claims)}.{Encode(signature)}"), out _);
                    return raw != JwtStatus.Ok && Enum.IsDefined(encoded);
                },
                iter: 5_000
            );

    private static byte[] Change(byte[] token, (int Kind, double Where, byte Value)[] changes)
    {
        List<byte> changed = [.. token];
        foreach (var (kind, where, value) in changes)
        {
            var at = (int)(where * changed.Count);
            switch (kind)
            {
                case 0:
                    changed[at] = value;
                    break;
                case 1:
                    changed.Insert(at, value);
                    break;
                default:
                    changed.RemoveAt(at);
                    break;
            }
        }

        return [.. changed];
    }

    private static bool IsSame(Jwt original, Jwt changed) =>
        changed.SignedData.SequenceEqual(original.SignedData)
        && changed.Signature.Span.StartsWith(original.Signature.Span)
        && changed.Signature.Length - original.Signature.Length <= (original.Algorithm == "ES256" ? 1 : 0);

    private static JwtStatus Verify(string token, Jwks keys) => JwtVerifier.Verify(Parse(token), keys);

    private static Jwt Claim(string claims) => Parse(Unsigned("""{"alg":"RS256"}""", claims));
}
