namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtStatusTests
{
    /// <summary>Numbers and texts that an operator meets in metadata, bodies and logs.</summary>
    [Theory]
    [InlineData(0, "OK")]
    [InlineData(1, "Jwt is missing")]
    [InlineData(2, "Jwt not yet valid")]
    [InlineData(3, "Jwt is expired")]
    [InlineData(4, "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections")]
    [InlineData(5, "Jwt header is an invalid Base64url encoded")]
    [InlineData(6, "Jwt header is an invalid JSON")]
    [InlineData(8, "Jwt header [alg] is not supported")]
    [InlineData(10, "Jwt payload is an invalid Base64url encoded")]
    [InlineData(11, "Jwt payload is an invalid JSON")]
    [InlineData(22, "Jwt signature is an invalid Base64url encoded")]
    [InlineData(23, "Jwt ED25519 signature is wrong length")]
    [InlineData(24, "Jwt issuer is not configured")]
    [InlineData(25, "Audiences in Jwt are not allowed")]
    [InlineData(26, "Jwt verification fails")]
    [InlineData(28, "Jwks is an invalid JSON")]
    [InlineData(32, "Jwks doesn't have key to match kid or alg from Jwt")]
    [InlineData(40, "Jwks remote fetch is failed")]
    [InlineData(68, "X509 parse pubkey internal fails: get pubkey")]
    public void Numbers_and_texts_are_those_of_Envoy(int number, string text) => Assert.Equal(text, ((JwtStatus)number).Text());

    [Fact]
    public void Every_status_has_a_text_of_its_own()
    {
        var texts = Enum.GetValues<JwtStatus>().Select(status => status.Text()).ToArray();

        Assert.Equal(66, texts.Length);
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.DoesNotContain("", texts);
    }

    [Fact]
    public void A_number_without_a_status_has_no_text() => Assert.Throws<ArgumentOutOfRangeException>(() => ((JwtStatus)27).Text());
}
