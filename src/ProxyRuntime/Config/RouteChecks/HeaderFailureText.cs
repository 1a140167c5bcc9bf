using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A header that is not as expected, in the words of Envoy's tool.</summary>
internal static class HeaderFailureText
{
    /// <param name="value">The first value; null where the header is absent.</param>
    /// <param name="type">request_header_matches or response_header_matches.</param>
    public static string Of(HeaderMatcher header, string? value, string type)
    {
        var testType = $"{type}.{Specifier(header)}";
        var actual = $"{header.Name}: {value ?? "NULL"}";
        switch (header.HeaderMatchSpecifierCase)
        {
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.PresentMatch or HeaderMatcher.HeaderMatchSpecifierOneofCase.None:
                var found = header.InvertMatch;
                return $"expected: [has({header.Name}):{Word(!found)}], actual: [has({header.Name}):{Word(found)}], test type: {testType}";
            case HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch when header.StringMatch.MatchPatternCase == StringMatcher.MatchPatternOneofCase.Exact:
                var not = header.InvertMatch ? "NOT " : "";
                return $"expected: [{header.Name}: {header.StringMatch.Exact}], actual: {not}[{actual}], test type: {testType}";
            default:
                return $"actual: [{actual}], test type: {testType}";
        }
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static string Specifier(HeaderMatcher header) =>
        header.HeaderMatchSpecifierCase switch
        {
            HeaderMatcher.HeaderMatchSpecifierOneofCase.ExactMatch => "exact_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.SafeRegexMatch => "safe_regex_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.RangeMatch => "range_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.PrefixMatch => "prefix_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.SuffixMatch => "suffix_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.ContainsMatch => "contains_match",
            HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch => $"string_match.{Pattern(header.StringMatch)}",
            _ => "present_match",
        };

    private static string Pattern(StringMatcher matcher) =>
        matcher.MatchPatternCase switch
        {
            StringMatcher.MatchPatternOneofCase.Exact => "exact",
            StringMatcher.MatchPatternOneofCase.Prefix => "prefix",
            StringMatcher.MatchPatternOneofCase.Suffix => "suffix",
            StringMatcher.MatchPatternOneofCase.SafeRegex => "safe_regex",
            StringMatcher.MatchPatternOneofCase.Contains => "contains",
            _ => "match_pattern_not_set",
        };
}
