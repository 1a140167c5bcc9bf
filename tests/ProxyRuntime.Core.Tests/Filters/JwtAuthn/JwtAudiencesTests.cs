namespace MeshSim.ProxyRuntime.Core.Tests;

public class JwtAudiencesTests
{
    [Theory]
    [InlineData("shop", "\"shop\"", true)]
    [InlineData("shop", "[\"bank\",\"shop\"]", true)]
    [InlineData("bank shop", "\"shop\"", true)]
    [InlineData("shop", "\"Shop\"", false)]
    [InlineData("shop", "\"shopping\"", false)]
    [InlineData("shop", "[]", false)]
    [InlineData("https://shop.test/", "\"http://shop.test\"", true)]
    [InlineData("shop.test", "\"https://shop.test/\"", true)]
    [InlineData("http://shop.test/a/", "\"shop.test/a\"", true)]
    [InlineData("shop.test", "\"shop.test//\"", false)]
    [InlineData("shop.test", "\"ftp://shop.test\"", false)]
    [InlineData("shop.test", "\"http://https://shop.test\"", false)]
    [InlineData("http://", "\"https:///\"", true)]
    [InlineData("/", "\"\"", true)]
    public void A_token_has_to_name_one_of_the_audiences(string allowed, string claim, bool expected) =>
        Assert.Equal(expected, new JwtAudiences([.. allowed.Split(' ')]).Allow(Token($$"""{"aud":{{claim}}}""")));

    [Fact]
    public void A_token_without_audience_passes_only_where_none_is_asked_for()
    {
        Assert.False(new JwtAudiences(["shop"]).Allow(Token("{}")));
        Assert.True(new JwtAudiences([]).Allow(Token("{}")));
        Assert.True(new JwtAudiences([]).Allow(Token("""{"aud":"bank"}""")));
    }

    private static Jwt Token(string claims) => TestTokens.Parse(TestTokens.Unsigned("""{"alg":"RS256"}""", claims));
}
