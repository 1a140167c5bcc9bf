using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Expressions of one table that go on alike behind what they begin with have one automaton, and stay what they are.</summary>
public class SharedAutomatonTests
{
    [Theory]
    [InlineData("/a/v[0-9]+/users", "/other/v[0-9]+/users", 1)]
    [InlineData("/a/(?:x)?(v[0-9]+)", "/b/(c)(?:x)?(v[0-9]+)", 1)]
    [InlineData("/a/(v[0-9]+)", "/b/c/(v[0-9]+)", 1)]
    [InlineData("/a/v[0-9]+", "/a/v[0-8]+", 2)]
    [InlineData("/a/v[0-9]+", "/a/v[0-9]*", 2)]
    [InlineData("/a(b|c)", "/a(c|b|d)", 2)]
    [InlineData("(?i)/a/x+", "/a/x+", 2)]
    public void They_are_one_if_the_rest_is_the_same(string first, string second, int automata)
    {
        Dictionary<(string, Re2Context), ForwardDfa> known = [];
        Parse(first).Share(known);
        Parse(second).Share(known);

        Assert.Equal(automata, known.Count);
    }

    [Fact]
    public void What_stands_before_the_rest_counts_where_the_rest_asks_for_it()
    {
        Dictionary<(string, Re2Context), ForwardDfa> known = [];
        var (word, other) = (Parse(@"ab\b.+"), Parse(@"a-\b.+"));
        word.Share(known);
        other.Share(known);

        Assert.Equal(2, known.Count);
        Assert.True(word.IsFullMatch("ab-x"u8) && !word.IsFullMatch("abxx"u8));
        Assert.True(other.IsFullMatch("a-xx"u8) && !other.IsFullMatch("a--x"u8));
    }

    [Fact]
    public void Shared_or_not_each_matches_what_it_matched_alone()
    {
        string[] patterns = ["/a/v[0-9]+/u", "/b/v[0-9]+/u", "/v[0-9]+/u", "(x|y)[0-9]+", "(?i)/A/v[0-9]+/u", @"\w+\b/u", "", "/a/v", "(?m)^a$\n?"];
        string[] subjects = ["/a/v1/u", "/b/v22/u", "/v3/u", "x1", "y", "/A/V1/U", "abc/u", "", "/a/v", "a", "a\n", "/a/v1/ux", "/b/vx/u"];
        Dictionary<(string, Re2Context), ForwardDfa> known = [];
        foreach (var pattern in patterns)
        {
            var (alone, shared) = (Parse(pattern), Parse(pattern));
            shared.Share(known);
            foreach (var subject in subjects.Select(Encoding.UTF8.GetBytes))
            {
                Assert.Equal(alone.IsFullMatch(subject), shared.IsFullMatch(subject));
            }
        }
    }

    private static Re2Regex Parse(string pattern) => Re2Regex.TryParse(pattern, out var error) ?? throw new ArgumentException(error, nameof(pattern));
}
