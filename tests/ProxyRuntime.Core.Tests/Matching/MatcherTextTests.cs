namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What is said of matchers to users: why a route does not fit, and what a policy asks for.</summary>
public class MatcherTextTests
{
    private static readonly StringMatcher A = StringMatcher.Of(StringMatch.Exact, "a");

    public static TheoryData<object, string> Matchers =>
        new()
        {
            { A, "equals 'a'" },
            { StringMatcher.Of(StringMatch.Prefix, "a"), "starts with 'a'" },
            { StringMatcher.Of(StringMatch.Suffix, "a"), "ends with 'a'" },
            { StringMatcher.Of(StringMatch.Contains, "a", ignoreCase: true), "contains 'a' (ignoring case)" },
            { StringMatcher.Of(Snapshots.Regex("a+")), "matches the regular expression 'a+'" },
            { HeaderMatcher.OfText("x-a", A), "header 'x-a' equals 'a'" },
            { HeaderMatcher.OfText("x-a", A).With(invert: true, treatMissingAsEmpty: true), "not: header 'x-a' equals 'a' (missing counts as empty)" },
            { HeaderMatcher.OfRange("x-a", -1, 9), "header 'x-a' is an integer from -1 to before 9" },
            { HeaderMatcher.OfPresence("x-a", present: false), "header 'x-a' is absent" },
            { new CookieMatcher("c", A, Invert: true), "not: cookie 'c' equals 'a'" },
            { new QueryParameterMatcher("q", null, Present: false), "query parameter 'q' is absent" },
            { new QueryParameterMatcher("q", A), "query parameter 'q' equals 'a'" },
            { new MetadataMatcher("f", ["k", "l"], new NullMatcher(), Invert: true), "not: metadata f:k:l is null" },
            { new DoubleMatcher(1.5), "is the number 1.5" },
            { new DoubleMatcher(null, -0.5, 2), "is a number from -0.5 to before 2" },
            { new TextValueMatcher(A), "equals 'a'" },
            { new BoolMatcher(true), "is true" },
            { new BoolMatcher(false), "is false" },
            { new PresenceMatcher(true), "is present" },
            { new PresenceMatcher(false), "never fits" },
            { new ListMatcher(new BoolMatcher(true)), "is a list with an item that is true" },
            { new OrMatcher([new NullMatcher(), new BoolMatcher(false)]), "is null or is false" },
        };

    [Theory]
    [MemberData(nameof(Matchers))]
    public void A_matcher_says_what_it_asks_for(object matcher, string text) => Assert.Equal(text, $"{matcher}");
}
