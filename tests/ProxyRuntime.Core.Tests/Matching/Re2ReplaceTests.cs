using System.Buffers;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Replacing all matches, and what stands in their place.</summary>
public class Re2ReplaceTests
{
    [Theory]
    [InlineData("b", "abcb", "x", "axcx", 2)]
    [InlineData("d", "abc", "x", "abc", 0)]
    [InlineData("", "", "x", "x", 1)]
    [InlineData("", "abc", "x", "xaxbxcx", 4)]
    // Nothing right behind a match is no match of its own.
    [InlineData("a*", "baac", "x", "xbxcx", 3)]
    [InlineData("a*?", "aa", "x", "xaxax", 3)]
    [InlineData("a*", "aaa", "x", "x", 1)]
    [InlineData("^", "abc", "x", "xabc", 1)]
    [InlineData("$", "abc", "x", "abcx", 1)]
    [InlineData("(?m)^", "a\nb\n", "x", "xa\nxb\nx", 3)]
    [InlineData("(?m)$", "a\nb", "x", "ax\nbx", 2)]
    [InlineData("\\b", "ab c", "|", "|ab| |c|", 4)]
    [InlineData("^a", "aaa", "x", "xaa", 1)]
    [InlineData("a$", "aaa", "x", "aax", 1)]
    [InlineData("\\Aa|b", "aab", "x", "xax", 2)]
    [InlineData("(?:^a|b)b", "abb", "x", "xb", 1)]
    // Nothing is passed a character at a time, not a byte.
    [InlineData("x*", "éa日😀", "-", "-é-a-日-😀-", 5)]
    [InlineData("[^a]", "éa日", "x", "xax", 2)]
    // The leftmost, then the one to prefer, not the longest.
    [InlineData("a|ab", "ab", "x", "xb", 1)]
    [InlineData("(?:a|ab)(?:c|bcd)", "abcd", "x", "x", 1)]
    [InlineData("a+?", "aaa", "x", "xxx", 3)]
    [InlineData("a{2,3}", "aaaaa", "x", "xx", 2)]
    [InlineData("a{2,3}?", "aaaaa", "x", "xxa", 2)]
    [InlineData("(?U)a{2,3}", "aaaaa", "x", "xxa", 2)]
    [InlineData("<.*>", "<a><b>", "x", "x", 1)]
    [InlineData("<.*?>", "<a><b>", "x", "xx", 2)]
    [InlineData("(?i)HOST", "a host, a Host", "x", "a x, a x", 2)]
    public void Matches_are_replaced_from_left_to_right(string pattern, string subject, string substitution, string expected, int count) =>
        Assert.Equal((expected, count), Re2.Replace(pattern, subject, substitution));

    [Theory]
    [InlineData("^/re/([^/]+)/([^/]+)", "/re/a/b/c", "/\\2/\\1", "/b/a/c")]
    [InlineData("^/h3/(.+)/x$", "/h3/abc/x", "\\1.example", "abc.example")]
    [InlineData("(\\w+) (\\w+)", "a b c d", "\\2 \\1", "b a d c")]
    [InlineData("b", "abc", "[\\0]", "a[b]c")]
    [InlineData("(a)|b", "ab", "[\\1]", "[a][]")]
    [InlineData("(?:(a)|b)*", "ab", "[\\1]", "[a]")]
    [InlineData("(?:(a)|(b))+", "aab", "\\1\\2", "ab")]
    [InlineData("(a*)(a+)", "aaa", "[\\1][\\2]", "[aa][a]")]
    [InlineData("(a*?)(a+)", "aaa", "[\\1][\\2]", "[][aaa]")]
    [InlineData("(a+)(b+)?", "aac", "[\\1][\\2]", "[aa][]c")]
    [InlineData("(|a)+", "aa", "[\\1]", "[]a[]a[]")]
    [InlineData("(a|)+", "aa", "[\\1]", "[a]")]
    [InlineData("(|a)*", "aa", "[\\1]", "[]a[]a[]")]
    [InlineData("(?:(^)|a)*", "aa", "[\\0]", "[]a[a]")]
    [InlineData("(|a|b)*c", "abc", "[\\1]", "[b]")]
    [InlineData("(?:(a)|(ab))$", "aab", "[\\1\\2]", "a[ab]")]
    [InlineData("(a){2}", "aa", "\\1", "a")]
    [InlineData("((a)(b))", "ab", "\\3\\2\\1", "baab")]
    [InlineData("(?P<x>a)(?P<y>b)", "ab", "\\2\\1", "ba")]
    [InlineData("(1)(2)(3)(4)(5)(6)(7)(8)(9)(a)", "123456789a", "\\9\\10", "910")]
    [InlineData("a", "a", "\\\\0", "\\0")]
    [InlineData("a", "a", "é\\0日", "éa日")]
    [InlineData("^(?:x|(y))", "xy", "[\\1]", "[]y")]
    public void Groups_stand_for_what_they_captured(string pattern, string subject, string substitution, string expected)
    {
        Assert.Null(Re2Substitution.Parse(substitution).Check(Re2.Parse(pattern).GroupCount));
        Assert.Equal(expected, Re2.Replace(pattern, subject, substitution).Text);
    }

    /// <summary>Envoy takes a substitution as it is.</summary>
    [Theory]
    [InlineData("x\\", "Rewrite schema error: '\\' not allowed at end.", "-x-x-")]
    [InlineData("x\\\\\\", "Rewrite schema error: '\\' not allowed at end.", "-x\\-x\\-")]
    [InlineData("x\\qy", "Rewrite schema error: '\\' must be followed by a digit or '\\'.", "-x-x-")]
    [InlineData("x\\q\\", "Rewrite schema error: '\\' must be followed by a digit or '\\'.", "-x-x-")]
    [InlineData("x\\q\\2", "Rewrite schema error: '\\' must be followed by a digit or '\\'.", "-a-a-")]
    [InlineData("\\2", "Rewrite schema requests 2 matches, but the regexp only has 1 parenthesized subexpressions.", "-a-a-")]
    public void A_wrong_substitution_ends_early_or_replaces_nothing(string substitution, string error, string expected)
    {
        Assert.Equal(error, Re2Substitution.Parse(substitution).Check(groupCount: 1));
        Assert.Equal(expected, Re2.Replace("(a)", "-a-a-", substitution).Text);
    }

    [Theory]
    [InlineData("x*", "FF61C3", "-", "2DFF2D612DC32D")]
    [InlineData("\\C", "C3A9", "-", "2D2D")]
    [InlineData(".", "FFC3A9", "-", "FF2D")]
    [InlineData("x*", "EDA080E08080", "-", "2DEDA0802DE02D802D802D")]
    public void Invalid_bytes_stay(string pattern, string subject, string substitution, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        _ = Re2.Parse(pattern).ReplaceAll(Convert.FromHexString(subject), Re2Substitution.Parse(substitution), output);

        Assert.Equal(expected, Convert.ToHexString(output.WrittenSpan));
    }

    [Fact]
    public void What_was_written_before_stays()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("/x"u8);
        _ = Re2.Parse("a").ReplaceAll("/a"u8, Re2Substitution.Parse("b"), output);
        output.Write("?q=a"u8);

        Assert.Equal("/x/b?q=a"u8, output.WrittenSpan);
    }

    /// <summary>Longer than what is looked at in one piece, with matches that go over its borders.</summary>
    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1000)]
    [InlineData(65_536)]
    public void Long_subjects_are_replaced_as_short_ones(int length)
    {
        var subject = new string('a', length - 1) + "b";

        Assert.Equal((new string('x', length - 1) + "b", length - 1), Re2.Replace("a", subject, "x"));
        Assert.Equal(("x", 1), Re2.Replace("a*b", subject, "x"));
        Assert.Equal(($"[{new string('a', length - 1)}]", 1), Re2.Replace("^(a+)b$", subject, "[\\1]"));
        Assert.Equal((subject, 0), Re2.Replace("a*c", subject, "x"));
    }
}
