using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class QueryParameterMatcherTests
{
    [Theory]
    [InlineData("a=1&b", "b", true, true)]
    [InlineData("a=1&b", "b", false, false)]
    [InlineData("a=1&b", "c", true, false)]
    [InlineData("a=1&b", "c", false, true)]
    public void Presence_is_asked_for_or_absence(string query, string name, bool present, bool matches)
    {
        var matcher = new QueryParameterMatcher(name, null, present);

        Assert.Equal(matches, matcher.Matches(Encoding.UTF8.GetBytes(query)));
        Assert.Equal(matches, matcher.MatchesDecoded(Encoding.UTF8.GetBytes(query), new ByteBuffer()));
    }

    [Theory]
    [InlineData("a=x%20y", "a", "x y", false, true)]
    [InlineData("a=x%20y", "a", "x%20y", true, false)]
    [InlineData("a=z", "a", "x y", false, false)]
    [InlineData("b=x%20y", "a", "x y", false, false)]
    [InlineData("a%2Bb=1", "a+b", "1", false, true)]
    public void A_value_is_compared_as_it_stands_or_decoded(string query, string name, string value, bool matches, bool matchesDecoded)
    {
        var matcher = new QueryParameterMatcher(name, StringMatcher.Of(StringMatch.Exact, value));

        Assert.Equal(matches, matcher.Matches(Encoding.UTF8.GetBytes(query)));
        Assert.Equal(matchesDecoded, matcher.MatchesDecoded(Encoding.UTF8.GetBytes(query), new ByteBuffer()));
    }
}
