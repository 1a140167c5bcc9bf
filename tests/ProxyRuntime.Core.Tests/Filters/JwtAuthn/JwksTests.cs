using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using static MeshSim.ProxyRuntime.Core.Tests.TestTokens;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwksTests
{
    private static readonly string N = Encode(Rsa.ExportParameters(false).Modulus!);

    [Theory]
    [InlineData("", JwtStatus.JwksParseError)]
    [InlineData("[]", JwtStatus.JwksParseError)]
    [InlineData("-----BEGIN PUBLIC KEY-----", JwtStatus.JwksParseError)]
    [InlineData("""{"keys":[],"keys":[]}""", JwtStatus.JwksParseError)]
    [InlineData("{}", JwtStatus.JwksNoKeys)]
    [InlineData("""{"key":[]}""", JwtStatus.JwksNoKeys)]
    [InlineData("""{"keys":{}}""", JwtStatus.JwksBadKeys)]
    [InlineData("""{"keys":null}""", JwtStatus.JwksBadKeys)]
    [InlineData("""{"keys":[]}""", JwtStatus.JwksNoValidKeys)]
    [InlineData("""{"keys":["a",1,[]]}""", JwtStatus.JwksNoValidKeys)]
    public void A_set_has_to_be_a_list_of_keys(string json, JwtStatus status) => Assert.Equal(status, Status(json));

    [Theory]
    [InlineData("{}", JwtStatus.JwksMissingKty)]
    [InlineData("""{"kty":1}""", JwtStatus.JwksBadKty)]
    [InlineData("""{"kty":"rsa"}""", JwtStatus.JwksNotImplementedKty)]
    [InlineData("""{"kty":"RSA","alg":"ES256"}""", JwtStatus.JwksRsaKeyBadAlg)]
    [InlineData("""{"kty":"RSA","alg":"R"}""", JwtStatus.JwksRsaKeyBadAlg)]
    [InlineData("""{"kty":"RSA"}""", JwtStatus.JwksRsaKeyMissingN)]
    [InlineData("""{"kty":"RSA","n":1}""", JwtStatus.JwksRsaKeyBadN)]
    [InlineData("""{"kty":"RSA","n":"AQ"}""", JwtStatus.JwksRsaKeyMissingE)]
    [InlineData("""{"kty":"RSA","n":"AQ","e":3}""", JwtStatus.JwksRsaKeyBadE)]
    [InlineData("""{"kty":"RSA","n":"!","e":"AQAB"}""", JwtStatus.JwksRsaParseError)]
    [InlineData("""{"kty":"RSA","n":"","e":"AQAB"}""", JwtStatus.JwksRsaParseError)]
    [InlineData("""{"kty":"EC","alg":"RS256"}""", JwtStatus.JwksEcKeyBadAlg)]
    [InlineData("""{"kty":"EC","crv":1}""", JwtStatus.JwksEcKeyBadCrv)]
    [InlineData("""{"kty":"EC","alg":"ES256K"}""", JwtStatus.JwksEcKeyAlgOrCrvUnsupported)]
    [InlineData("""{"kty":"EC","crv":"secp256k1"}""", JwtStatus.JwksEcKeyAlgOrCrvUnsupported)]
    [InlineData("""{"kty":"EC","crv":"ES256"}""", JwtStatus.JwksEcKeyAlgOrCrvUnsupported)]
    [InlineData("""{"kty":"EC","crv":"P-256","alg":"ES384"}""", JwtStatus.JwksEcKeyAlgNotCompatibleWithCrv)]
    [InlineData("""{"kty":"EC"}""", JwtStatus.JwksEcKeyMissingX)]
    [InlineData("""{"kty":"EC","x":1}""", JwtStatus.JwksEcKeyBadX)]
    [InlineData("""{"kty":"EC","x":"AQ"}""", JwtStatus.JwksEcKeyMissingY)]
    [InlineData("""{"kty":"EC","x":"AQ","y":1}""", JwtStatus.JwksEcKeyBadY)]
    [InlineData("""{"kty":"EC","x":"!","y":"AQ"}""", JwtStatus.JwksEcXorYBadBase64)]
    [InlineData("""{"kty":"EC","x":"AQ","y":"AQ"}""", JwtStatus.JwksEcParseError)]
    [InlineData("""{"kty":"oct","alg":"HS1"}""", JwtStatus.JwksHmacKeyBadAlg)]
    [InlineData("""{"kty":"oct"}""", JwtStatus.JwksHmacKeyMissingK)]
    [InlineData("""{"kty":"oct","k":1}""", JwtStatus.JwksHmacKeyBadK)]
    [InlineData("""{"kty":"oct","k":""}""", JwtStatus.JwksOctBadBase64)]
    [InlineData("""{"kty":"oct","k":"a"}""", JwtStatus.JwksOctBadBase64)]
    [InlineData("""{"kty":"OKP","alg":"ES256"}""", JwtStatus.JwksOkpKeyBadAlg)]
    [InlineData("""{"kty":"OKP"}""", JwtStatus.JwksOkpKeyMissingCrv)]
    [InlineData("""{"kty":"OKP","crv":1}""", JwtStatus.JwksOkpKeyBadCrv)]
    [InlineData("""{"kty":"OKP","crv":"X25519"}""", JwtStatus.JwksOkpKeyCrvUnsupported)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519"}""", JwtStatus.JwksOkpKeyMissingX)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":1}""", JwtStatus.JwksOkpKeyBadX)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"!"}""", JwtStatus.JwksOkpXBadBase64)]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AQ"}""", JwtStatus.JwksOkpXWrongLength)]
    public void A_bad_key_is_told(string key, JwtStatus status) => Assert.Equal(status, Status($$"""{"keys":[{{key}}]}"""));

    [Fact]
    public void One_good_key_is_enough_and_of_bad_ones_the_first_is_told()
    {
        const string First = """{"kty":"oct"}""";
        const string Second = "{}";

        Assert.Equal(JwtStatus.JwksHmacKeyMissingK, Status($$"""{"keys":[{{First}},{{Second}}]}"""));
        Assert.Equal(JwtStatus.JwksMissingKty, Status($$"""{"keys":[1,{{Second}},{{First}}]}"""));
        Assert.Equal(["a"], Keys(First, Key("HS256", "\"kid\":\"a\""), Second).Keys.Select(key => key.KeyId));
    }

    [Fact]
    public void Keys_keep_their_order_and_their_names()
    {
        var keys = Keys(Key("RS256", "\"kid\":\"a\",\"alg\":\"PS512\""), Key("ES512", "\"kid\":\"b\""), Key("EdDSA", "\"alg\":\"EdDSA\"")).Keys;

        Assert.Equal([("a", "PS512"), ("b", ""), ("", "EdDSA")], keys.Select(key => (key.KeyId, key.Algorithm)));
    }

    [Theory]
    [InlineData("AQAB", JwtStatus.Ok)]
    [InlineData("AAAAAQAB", JwtStatus.Ok)]
    [InlineData("Aw", JwtStatus.Ok)]
    [InlineData("EQ", JwtStatus.JwksRsaParseError)]
    [InlineData("AQAA", JwtStatus.JwksRsaParseError)]
    [InlineData("", JwtStatus.JwksRsaParseError)]
    public void The_exponent_is_3_or_65537(string exponent, JwtStatus status) =>
        Assert.Equal(status, Status($$"""{"keys":[{"kty":"RSA","n":"{{N}}","e":"{{exponent}}"}]}"""));

    [Theory]
    [InlineData(511, 1, JwtStatus.JwksRsaParseError)]
    [InlineData(512, 1, JwtStatus.Ok)]
    [InlineData(512, 0, JwtStatus.JwksRsaParseError)]
    [InlineData(16384, 1, JwtStatus.Ok)]
    [InlineData(16385, 1, JwtStatus.JwksRsaParseError)]
    [InlineData(1_000_000, 1, JwtStatus.JwksRsaParseError)]
    public void The_modulus_is_odd_and_has_512_to_16384_bits(int bits, int last, JwtStatus status)
    {
        var modulus = ((BigInteger.One << (bits - 1)) + last).ToByteArray(isUnsigned: true, isBigEndian: true);

        Assert.Equal(status, Status($$"""{"keys":[{"kty":"RSA","n":"{{Encode(modulus)}}","e":"AQAB"}]}"""));
    }

    [Fact]
    public void A_curve_comes_from_crv_or_alg_and_is_P_256_without_both()
    {
        string Without(string key) =>
            key.Replace("\"crv\":\"P-256\",", "", StringComparison.Ordinal).Replace("\"crv\":\"P-384\",", "", StringComparison.Ordinal);

        Assert.Equal(JwtStatus.Ok, Verify("ES256", Without(Key("ES256"))));
        Assert.Equal(JwtStatus.Ok, Verify("ES384", Without(Key("ES384", "\"alg\":\"ES384\""))));
        Assert.Equal(JwtStatus.JwksEcParseError, Status($$"""{"keys":[{{Without(Key("ES384"))}}]}"""));
    }

    [Fact]
    public void A_coordinate_may_have_zeros_in_front_but_has_to_lie_in_the_field()
    {
        using var document = JsonDocument.Parse(Key("ES256"));
        var x = WebSafeBase64.TryDecode(document.RootElement.GetProperty("x").GetString()!)!;
        var y = WebSafeBase64.TryDecode(document.RootElement.GetProperty("y").GetString()!)!;
        var prime = (BigInteger.One << 256) - (BigInteger.One << 224) + (BigInteger.One << 192) + (BigInteger.One << 96) - 1;
        var beyond = (new BigInteger(x, isUnsigned: true, isBigEndian: true) + prime).ToByteArray(isUnsigned: true, isBigEndian: true);
        string With(byte[] changed) => $$"""{"kty":"EC","x":"{{Encode(changed)}}","y":"{{Encode(y)}}"}""";

        Assert.Equal(JwtStatus.Ok, Verify("ES256", With([0, 0, .. x])));
        Assert.Equal(JwtStatus.JwksEcParseError, Status($$"""{"keys":[{{With(beyond)}}]}"""));
        Assert.Equal(JwtStatus.JwksEcParseError, Status($$"""{"keys":[{{With([.. x[..^1], (byte)(x[^1] ^ 1)])}}]}"""));
    }

    [Fact]
    public void Certificates_by_key_id_are_a_set()
    {
        var keys = Jwks.TryParse(Bytes(Certificates(("a", Certificate(Rsa)), ("b", Certificate(OtherRsa)))), out var status)!;

        Assert.Equal(JwtStatus.Ok, status);
        Assert.Equal(["a", "b"], keys.Keys.Select(key => key.KeyId));
        Assert.Equal(JwtStatus.Ok, JwtVerifier.Verify(Parse(Sign("RS256", keyId: "a")), keys));
        Assert.Equal(JwtStatus.Ok, JwtVerifier.Verify(Parse(Sign("PS512")), keys));
        Assert.Equal(JwtStatus.JwtVerificationFail, JwtVerifier.Verify(Parse(Sign("RS256", keyId: "b")), keys));
        Assert.Equal(JwtStatus.JwksKidAlgMismatch, JwtVerifier.Verify(Parse(Sign("RS256", keyId: "c")), keys));
    }

    [Fact]
    public void One_bad_certificate_spoils_the_set()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ofCurve = new CertificateRequest("CN=b", curve, HashAlgorithmName.SHA256);
        const string Empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

        Assert.Equal(JwtStatus.JwksX509ParseError, Status(Certificates(("a", Certificate(Rsa)), ("b", Empty))));
        Assert.Equal(JwtStatus.JwksX509GetPubkeyError, Status(Certificates(("a", Certificate(Rsa)), ("b", Pem(ofCurve)))));
        Assert.Equal(JwtStatus.JwksNoKeys, Status(Certificates(("a", Certificate(Rsa)), ("b", "no certificate"))));
        Assert.Equal(JwtStatus.JwksNoKeys, Status(Certificates(("", Certificate(Rsa)))));
        Assert.Equal(JwtStatus.JwksNoKeys, Status(Certificates(("a", Certificate(Rsa).TrimEnd()))));
    }

    private static string Certificates(params (string KeyId, string Pem)[] certificates) =>
        JsonSerializer.Serialize(certificates.ToDictionary(c => c.KeyId, c => c.Pem));

    private static string Certificate(RSA rsa) => Pem(new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Pem(CertificateRequest request)
    {
        var start = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(start, start.AddDays(1));
        return certificate.ExportCertificatePem() + "\n";
    }

    private static JwtStatus Verify(string algorithm, string key) => JwtVerifier.Verify(Parse(Sign(algorithm)), Keys(key));

    private static JwtStatus Status(string json)
    {
        var keys = Jwks.TryParse(Bytes(json), out var status);
        Assert.Equal(status == JwtStatus.Ok, keys is not null);
        return status;
    }
}
