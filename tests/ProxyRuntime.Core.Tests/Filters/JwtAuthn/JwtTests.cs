using System.Text;
using static MeshSim.ProxyRuntime.Core.Tests.TestTokens;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtTests
{
    private const string Header = """{"alg":"RS256"}""";

    [Fact]
    public void A_token_comes_apart()
    {
        var claims = """{"iss":"i","sub":"s","aud":["a","b"],"iat":11.9,"nbf":12,"exp":13,"jti":"j","deep":{"er":[1,true,null]}}""";

        var jwt = Parse(Unsigned("""{"alg":"ES384","kid":"k","typ":"JWT"}""", claims));

        Assert.Equal(("ES384", "k", "i", "s"), (jwt.Algorithm, jwt.KeyId, jwt.Issuer, jwt.Subject));
        Assert.Equal(["a", "b"], jwt.Audiences.ToArray());
        Assert.Equal((11UL, 12UL, 13UL), (jwt.IssuedAt, jwt.NotBefore, jwt.ExpiresAt));
        Assert.Equal("sig", Encoding.ASCII.GetString(jwt.Signature.Span));
        Assert.Equal("""{"alg":"ES384","kid":"k","typ":"JWT"}""", Encoding.UTF8.GetString(jwt.HeaderJson));
        Assert.Equal(claims, Encoding.UTF8.GetString(jwt.PayloadJson));
        Assert.Equal(Encode(claims), Encoding.ASCII.GetString(jwt.EncodedPayload));
        Assert.Equal("JWT", jwt.Header.GetProperty("typ").GetString());
        Assert.True(jwt.Payload.GetProperty("deep").GetProperty("er")[1].GetBoolean());
    }

    [Fact]
    public void Claims_may_be_absent()
    {
        var jwt = Parse(Unsigned(Header, "{}"));

        Assert.Equal(("", "", ""), (jwt.KeyId, jwt.Issuer, jwt.Subject));
        Assert.Empty(jwt.Audiences);
        Assert.Equal((0UL, 0UL, 0UL), (jwt.IssuedAt, jwt.NotBefore, jwt.ExpiresAt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bad")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.")]
    public void A_token_needs_three_sections(string token) => Assert.Equal(JwtStatus.JwtBadFormat, Status(token));

    [Fact]
    public void Empty_sections_do_not_count()
    {
        var jwt = Parse("." + Unsigned(Header).Replace(".", "..", StringComparison.Ordinal) + ".");

        Assert.Equal($"{Encode(Header)}.{Encode(Claims)}", Encoding.ASCII.GetString(jwt.SignedData));
    }

    [Theory]
    [InlineData("!.e30.c2ln", JwtStatus.JwtHeaderParseErrorBadBase64)]
    [InlineData("a.e30.c2ln", JwtStatus.JwtHeaderParseErrorBadBase64)]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.!.c2ln", JwtStatus.JwtPayloadParseErrorBadBase64)]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.!", JwtStatus.JwtSignatureParseErrorBadBase64)]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.c", JwtStatus.JwtSignatureParseErrorBadBase64)]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.!.!", JwtStatus.JwtPayloadParseErrorBadBase64)]
    public void Bad_Base64_is_told_by_section(string token, JwtStatus status) => Assert.Equal(status, Status(token));

    [Theory]
    [InlineData("""{"alg":"RS256" """, JwtStatus.JwtHeaderParseErrorBadJson)]
    [InlineData("[]", JwtStatus.JwtHeaderParseErrorBadJson)]
    [InlineData("null", JwtStatus.JwtHeaderParseErrorBadJson)]
    [InlineData("{} {}", JwtStatus.JwtHeaderParseErrorBadJson)]
    [InlineData("""{"alg":"RS256","alg":"RS256"}""", JwtStatus.JwtHeaderParseErrorBadJson)]
    [InlineData("{}", JwtStatus.JwtHeaderBadAlg)]
    [InlineData("""{"alg":256}""", JwtStatus.JwtHeaderBadAlg)]
    [InlineData("""{"alg":null}""", JwtStatus.JwtHeaderBadAlg)]
    [InlineData("""{"alg":"none"}""", JwtStatus.JwtHeaderNotImplementedAlg)]
    [InlineData("""{"alg":"rs256"}""", JwtStatus.JwtHeaderNotImplementedAlg)]
    [InlineData("""{"alg":"ES256K"}""", JwtStatus.JwtHeaderNotImplementedAlg)]
    [InlineData("""{"alg":"RS256","kid":1}""", JwtStatus.JwtHeaderBadKid)]
    [InlineData("""{"alg":"RS256","kid":null}""", JwtStatus.JwtHeaderBadKid)]
    public void A_bad_header_is_told(string header, JwtStatus status) => Assert.Equal(status, Status(Unsigned(header)));

    [Theory]
    [InlineData("""{"iss":"i" """, JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("7", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"a":{"b":1,"\u0062":2}}""", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"a":1e400}""", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"a":"\ud800"}""", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"\udc00":1}""", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"a":01}""", JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData("""{"iss":1}""", JwtStatus.JwtPayloadParseErrorIssNotString)]
    [InlineData("""{"iss":null}""", JwtStatus.JwtPayloadParseErrorIssNotString)]
    [InlineData("""{"sub":["s"]}""", JwtStatus.JwtPayloadParseErrorSubNotString)]
    [InlineData("""{"iat":"1"}""", JwtStatus.JwtPayloadParseErrorIatNotInteger)]
    [InlineData("""{"iat":-1}""", JwtStatus.JwtPayloadParseErrorIatOutOfRange)]
    [InlineData("""{"nbf":true}""", JwtStatus.JwtPayloadParseErrorNbfNotInteger)]
    [InlineData("""{"nbf":1e300}""", JwtStatus.JwtPayloadParseErrorNbfOutOfRange)]
    [InlineData("""{"exp":{}}""", JwtStatus.JwtPayloadParseErrorExpNotInteger)]
    [InlineData("""{"exp":null}""", JwtStatus.JwtPayloadParseErrorExpNotInteger)]
    [InlineData("""{"exp":18446744073709551616}""", JwtStatus.JwtPayloadParseErrorExpOutOfRange)]
    [InlineData("""{"exp":18446744073709551615}""", JwtStatus.JwtPayloadParseErrorExpOutOfRange)]
    [InlineData("""{"exp":-0.5}""", JwtStatus.JwtPayloadParseErrorExpOutOfRange)]
    [InlineData("""{"jti":1}""", JwtStatus.JwtPayloadParseErrorJtiNotString)]
    [InlineData("""{"aud":1}""", JwtStatus.JwtPayloadParseErrorAudNotString)]
    [InlineData("""{"aud":null}""", JwtStatus.JwtPayloadParseErrorAudNotString)]
    [InlineData("""{"aud":["a",1]}""", JwtStatus.JwtPayloadParseErrorAudNotString)]
    public void Bad_claims_are_told(string claims, JwtStatus status) => Assert.Equal(status, Status(Unsigned(Header, claims)));

    [Fact]
    public void The_greatest_time_is_the_greatest_double_below_two_to_the_64() =>
        Assert.Equal(18446744073709549568UL, Parse(Unsigned(Header, """{"exp":18446744073709549568}""")).ExpiresAt);

    [Fact]
    public void Text_that_is_not_UTF_8_is_not_JSON()
    {
        var claims = Encode([.. Bytes("{\"a\":\""), 0xff, .. Bytes("\"}")]);

        Assert.Equal(JwtStatus.JwtPayloadParseErrorBadJson, Status($"{Encode(Header)}.{claims}.c2ln"));
    }

    [Theory]
    [InlineData(99, JwtStatus.Ok)]
    [InlineData(100, JwtStatus.JwtPayloadParseErrorBadJson)]
    [InlineData(100_000, JwtStatus.JwtPayloadParseErrorBadJson)]
    public void Claims_are_nested_at_most_a_hundred_deep(int lists, JwtStatus status) =>
        Assert.Equal(status, Status(Unsigned(Header, $"{{\"a\":{new string('[', lists)}{new string(']', lists)}}}")));

    [Fact]
    public void A_huge_token_gets_an_answer()
    {
        var members = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"m{i}\":{i}"));

        Assert.Equal(JwtStatus.Ok, Status(Unsigned(Header, $"{{{members}}}")));
        Assert.Equal(JwtStatus.JwtPayloadParseErrorBadJson, Status(Unsigned(Header, $"{{{members},\"m7\":0}}")));
        Assert.Equal(JwtStatus.JwtBadFormat, Status(new string('.', 1_000_000)));
        Assert.Equal(JwtStatus.JwtHeaderParseErrorBadJson, Status($"{new string('A', 1_000_000)}.e30.c2ln"));
    }

    private static JwtStatus Status(string token)
    {
        var status = Jwt.TryParse(Bytes(token), out var jwt);
        Assert.Equal(status == JwtStatus.Ok, jwt is not null);
        return status;
    }
}
