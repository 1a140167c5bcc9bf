namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What is refused, in RE2's words.</summary>
public class Re2SyntaxTests
{
    [Theory]
    [InlineData("(", "missing ): (")]
    [InlineData("a(b(c)", "missing ): a(b(c)")]
    [InlineData("(?i:a", "missing ): (?i:a")]
    [InlineData("(?P<n>a", "missing ): (?P<n>a")]
    [InlineData("a)", "unexpected ): a)")]
    [InlineData("a|b)", "unexpected ): a|b)")]
    [InlineData("[", "missing ]: [")]
    [InlineData("x[a", "missing ]: [a")]
    [InlineData("[]", "missing ]: []")]
    [InlineData("[^]", "missing ]: [^]")]
    [InlineData("[a-", "missing ]: [a-")]
    [InlineData("[[:alpha:]", "missing ]: [[:alpha:]")]
    [InlineData("*", "no argument for repetition operator: *")]
    [InlineData("a|*", "no argument for repetition operator: *")]
    [InlineData("(*)", "no argument for repetition operator: *")]
    [InlineData("(?:+?)", "no argument for repetition operator: +?")]
    [InlineData("(?i)*", "no argument for repetition operator: *")]
    [InlineData("{1}", "no argument for repetition operator: {1}")]
    [InlineData("a**", "bad repetition operator: **")]
    [InlineData("a*+", "bad repetition operator: *+")]
    [InlineData("a?+", "bad repetition operator: ?+")]
    [InlineData("a*??", "bad repetition operator: *??")]
    [InlineData("a{2}{3}", "bad repetition operator: {2}{3}")]
    [InlineData("a{2}?*", "bad repetition operator: {2}?*")]
    [InlineData("a{1001}", "invalid repetition size: {1001}")]
    [InlineData("a{1,1001}", "invalid repetition size: {1,1001}")]
    [InlineData("a{1001,}?", "invalid repetition size: {1001,}?")]
    [InlineData("a{3,2}", "invalid repetition size: {3,2}")]
    [InlineData("(a{100}){11}", "invalid repetition size: {11}")]
    [InlineData("((a{10}){10}b){11}", "invalid repetition size: {11}")]
    [InlineData("(?:x(?:a{2,}|b){501}){1}", "invalid repetition size: {501}")]
    [InlineData("\\8", "invalid escape sequence: \\8")]
    [InlineData("(a)\\1", "invalid escape sequence: \\1")]
    [InlineData("\\18", "invalid escape sequence: \\1")]
    [InlineData("\\q", "invalid escape sequence: \\q")]
    [InlineData("\\Z", "invalid escape sequence: \\Z")]
    [InlineData("\\k<n>", "invalid escape sequence: \\k")]
    [InlineData("\\E", "invalid escape sequence: \\E")]
    [InlineData("\\é", "invalid escape sequence: \\é")]
    [InlineData("\\\U00010061", "invalid escape sequence: \\\U00010061")]
    [InlineData("\\x", "invalid escape sequence: \\x")]
    [InlineData("\\x1", "invalid escape sequence: \\x1")]
    [InlineData("\\xg1", "invalid escape sequence: \\xg1")]
    [InlineData("\\x{", "invalid UTF-8")]
    [InlineData("\\x{}", "invalid escape sequence: \\x{}")]
    [InlineData("\\x{1", "invalid escape sequence: \\x{1")]
    [InlineData("\\x{1g}", "invalid escape sequence: \\x{1g")]
    [InlineData("\\x{110000}", "invalid escape sequence: \\x{110000")]
    [InlineData("[\\b]", "invalid escape sequence: \\b")]
    [InlineData("[a\\Q]", "invalid escape sequence: \\Q")]
    [InlineData("[a-\\d]", "invalid escape sequence: \\d")]
    [InlineData("[\\p", "invalid escape sequence: \\p")]
    [InlineData("a\\", "trailing \\")]
    [InlineData("[\\", "trailing \\")]
    [InlineData("(?=a)", "invalid perl operator: (?=")]
    [InlineData("(?!a)", "invalid perl operator: (?!")]
    [InlineData("(?<=a)", "invalid perl operator: (?<=")]
    [InlineData("(?<!a)", "invalid perl operator: (?<!")]
    [InlineData("(?>a)", "invalid perl operator: (?>")]
    [InlineData("(?#a)", "invalid perl operator: (?#")]
    [InlineData("(?P=n)", "invalid perl operator: (?P")]
    [InlineData("(?x)a", "invalid perl operator: (?x")]
    [InlineData("(?|a|b)", "invalid perl operator: (?|")]
    [InlineData("(?'n'a)", "invalid perl operator: (?'")]
    [InlineData("(?", "invalid perl operator: (?")]
    [InlineData("(?i", "invalid perl operator: (?i")]
    [InlineData("(?-)", "invalid perl operator: (?-)")]
    [InlineData("(?i-:a)", "invalid perl operator: (?i-:")]
    [InlineData("(?i--s)", "invalid perl operator: (?i--")]
    [InlineData("(?P<n", "invalid named capture group: (?P<n")]
    [InlineData("(?<1", "invalid named capture group: (?<1")]
    [InlineData("(?P<>a)", "invalid named capture group: (?P<>")]
    [InlineData("(?P<a-b>c)", "invalid named capture group: (?P<a-b>")]
    [InlineData("(?<n m>a)", "invalid named capture group: (?<n m>")]
    [InlineData("[z-a]", "invalid character class range: z-a")]
    [InlineData("[[:nope:]]", "invalid character class range: [:nope:]")]
    [InlineData("[[:ALPHA:]]", "invalid character class range: [:ALPHA:]")]
    [InlineData("\\pX", "invalid character class range: \\pX")]
    [InlineData("\\p", "invalid character class range: \\p")]
    [InlineData("\\p{greek}", "invalid character class range: \\p{greek}")]
    [InlineData("\\p{Greek", "invalid character class range: \\p{Greek")]
    [InlineData("\\p{^X}", "invalid character class range: \\p{^X}")]
    [InlineData("\\p{Cn}", "invalid character class range: \\p{Cn}")]
    public void Refused(string pattern, string error)
    {
        Assert.Null(Re2Regex.TryParse(pattern, out var told));
        Assert.Equal(error, told);
    }

    [Theory]
    [InlineData('\uD83D', 'a')]
    [InlineData('a', '\uDE00')]
    [InlineData('\uDE00', '\uD83D')]
    public void A_pattern_that_is_no_Unicode_text_is_refused(char one, char two)
    {
        Assert.Null(Re2Regex.TryParse($"{one}{two}", out var error));
        Assert.Equal("invalid UTF-8", error);
    }

    [Theory]
    [InlineData("a", 0)]
    [InlineData("(?:a)(?i:b)", 0)]
    [InlineData("(a)(b(c))|(?P<n>d)", 4)]
    [InlineData("(a){0}", 1)]
    [InlineData("\\(\\Q(\\E[(]", 0)]
    public void Groups_that_capture_are_counted(string pattern, int groups) => Assert.Equal(groups, Re2.Parse(pattern).GroupCount);

    /// <summary>As RE2 counts instructions, for what Envoy limits.</summary>
    [Theory]
    [InlineData("", 4)]
    [InlineData("a", 5)]
    [InlineData("^a", 4)]
    [InlineData("^a$", 4)]
    [InlineData("/users/[0-9]+", 13)]
    [InlineData("/(?P<x>.*)", 15)]
    [InlineData("^/api/v[0-9]+/users/[^/]+$", 22)]
    [InlineData(".*", 12)]
    [InlineData("(?i)abc", 7)]
    [InlineData("abc|abd|abe", 7)]
    [InlineData("a|b|c", 5)]
    [InlineData("(a|b)*a(a|b){20}", 68)]
    [InlineData("x{2,4}", 10)]
    [InlineData("a*a+ab", 8)]
    [InlineData("[^\\x{0}-\\x{10FFFF}]", 1)]
    [InlineData("\\p{Greek}", 66)]
    [InlineData("\\pL", 1200)]
    [InlineData(".{0,1000}", 9004)]
    public void The_size_of_the_program_is_RE2s(string pattern, int size) => Assert.Equal(size, Re2.Parse(pattern).ProgramSize);

    [Theory]
    [InlineData("\\pL", 600)]
    [InlineData("(?:[^a]{300}){3}|", 90)]
    [InlineData("a", 300_000)]
    public void Too_large_a_program_is_refused(string part, int times)
    {
        Assert.Null(Re2Regex.TryParse(string.Concat(Enumerable.Repeat(part, times)), out var error));
        Assert.Equal("pattern too large - compile failed", error);
    }

    [Fact]
    public void Nesting_may_be_as_deep_as_the_expression_is_long()
    {
        const int Depth = 100_000;
        var groups = Re2.Parse(new string('(', Depth) + "a" + new string(')', Depth));

        Assert.Equal(Depth, groups.GroupCount);
        Assert.True(groups.IsFullMatch("a"u8));
        Assert.False(groups.IsPartialMatch("b"u8));
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(30_000, false)]
    public void Repetitions_nest_as_deep_as_there_is_time_for(int depth, bool accepted)
    {
        var pattern = string.Concat(Enumerable.Repeat("(?:b|", depth)) + "a" + string.Concat(Enumerable.Repeat(")*", depth));

        Assert.Equal(accepted, Re2Regex.TryParse(pattern, out var error)?.IsFullMatch("abba"u8) == true);
        Assert.Equal(accepted ? null : "pattern too large - compile failed", error);
    }
}
