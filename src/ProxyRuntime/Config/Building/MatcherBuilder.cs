using Envoy.Config.Core.V3;
using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
using MeshSim.ProxyRuntime.Core;
using CookieMatcher = MeshSim.ProxyRuntime.Core.CookieMatcher;
using CookieMatcherMessage = Envoy.Config.Route.V3.CookieMatcher;
using HeaderMatcher = MeshSim.ProxyRuntime.Core.HeaderMatcher;
using HeaderMatcherMessage = Envoy.Config.Route.V3.HeaderMatcher;
using QueryParameterMatcher = MeshSim.ProxyRuntime.Core.QueryParameterMatcher;
using QueryParameterMatcherMessage = Envoy.Config.Route.V3.QueryParameterMatcher;
using StringMatcher = MeshSim.ProxyRuntime.Core.StringMatcher;
using StringMatcherMessage = Envoy.Type.Matcher.V3.StringMatcher;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Tests of texts, headers, parameters, cookies and addresses. What cannot be built is null; the problem that says why stands in the map.</summary>
internal sealed class MatcherBuilder(BuildContext context)
{
    /// <summary>A regular expression over a whole text. Its mistakes are found by the checks of every RegexMatcher.</summary>
    public static Re2Regex? Regex(RegexMatcher? regex) => regex is null ? null : Re2Regex.TryParse(regex.Regex, out _);

    public static RegexRewrite? Rewrite(RegexMatchAndSubstitute? rewrite) =>
        Regex(rewrite?.Pattern) is { } pattern ? new RegexRewrite(pattern, Re2Substitution.Parse(rewrite!.Substitution)) : null;

    public StringMatcher? Text(StringMatcherMessage? matcher)
    {
        switch (matcher?.MatchPatternCase)
        {
            case StringMatcherMessage.MatchPatternOneofCase.Exact:
                return StringMatcher.Of(StringMatch.Exact, matcher.Exact, matcher.IgnoreCase);
            case StringMatcherMessage.MatchPatternOneofCase.Prefix:
                return StringMatcher.Of(StringMatch.Prefix, matcher.Prefix, matcher.IgnoreCase);
            case StringMatcherMessage.MatchPatternOneofCase.Suffix:
                return StringMatcher.Of(StringMatch.Suffix, matcher.Suffix, matcher.IgnoreCase);
            case StringMatcherMessage.MatchPatternOneofCase.Contains:
                return StringMatcher.Of(StringMatch.Contains, matcher.Contains, matcher.IgnoreCase);
            case StringMatcherMessage.MatchPatternOneofCase.SafeRegex:
                return Regex(matcher.SafeRegex) is { } regex ? StringMatcher.Of(regex) : null;
            case StringMatcherMessage.MatchPatternOneofCase.Custom:
                context.NotSupported(matcher, "custom", "exact, prefix, suffix, contains, safe_regex");
                return null;
            default:
                return null;
        }
    }

    public HeaderMatcher? Header(HeaderMatcherMessage? matcher)
    {
        if (matcher is null || matcher.Name.Length == 0)
        {
            return null;
        }

        var built = Unflagged(matcher);
        return built is null || !(matcher.InvertMatch || matcher.TreatMissingHeaderAsEmpty)
            ? built
            : built.With(matcher.InvertMatch, matcher.TreatMissingHeaderAsEmpty);
    }

    public QueryParameterMatcher? QueryParameter(QueryParameterMatcherMessage matcher) =>
        matcher.QueryParameterMatchSpecifierCase switch
        {
            QueryParameterMatcherMessage.QueryParameterMatchSpecifierOneofCase.StringMatch => Text(matcher.StringMatch) is { } text
                ? new QueryParameterMatcher(matcher.Name, text)
                : null,
            QueryParameterMatcherMessage.QueryParameterMatchSpecifierOneofCase.PresentMatch => new QueryParameterMatcher(
                matcher.Name,
                null,
                matcher.PresentMatch
            ),
            _ => new QueryParameterMatcher(matcher.Name, null),
        };

    public CookieMatcher? Cookie(CookieMatcherMessage matcher) =>
        Text(matcher.StringMatch) is { } text ? new CookieMatcher(matcher.Name, text, matcher.InvertMatch) : null;

    public Core.FilterStateMatcher? FilterState(Envoy.Type.Matcher.V3.FilterStateMatcher matcher)
    {
        if (matcher.AddressMatch is not null)
        {
            context.NotSupported(matcher, "address_match", "string_match");
        }

        return Text(matcher.StringMatch) is { } text ? new Core.FilterStateMatcher(matcher.Key, text) : null;
    }

    /// <summary>An address range; null, its problem being told by the checks, if the address is none.</summary>
    public static Core.CidrRange? Range(Envoy.Config.Core.V3.CidrRange range) =>
        AddressBuilder.TryParseIp(range.AddressPrefix, out var ip) ? new Core.CidrRange(ip, (int)Math.Min(range.PrefixLen ?? 0, 128)) : null;

    public static Core.FractionalPercent Percent(Envoy.Type.V3.FractionalPercent? percent, Core.FractionalPercent fallback) =>
        percent is null
            ? fallback
            : new Core.FractionalPercent(
                percent.Numerator,
                percent.Denominator switch
                {
                    Envoy.Type.V3.FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
                    Envoy.Type.V3.FractionalPercent.Types.DenominatorType.Million => 1_000_000,
                    _ => 100,
                }
            );

    public static RuntimeFraction? Fraction(RuntimeFractionalPercent? fraction) =>
        fraction is null ? null : new RuntimeFraction(Percent(fraction.DefaultValue, Core.FractionalPercent.Never), fraction.RuntimeKey);

    /// <summary>A Percent of whole and hundredth percent.</summary>
    public static Core.FractionalPercent Percent(Percent? percent, Core.FractionalPercent fallback) =>
        percent is null ? fallback : new Core.FractionalPercent((uint)Math.Clamp(percent.Value * 100, 0, 10_000), 10_000);

    private HeaderMatcher? Unflagged(HeaderMatcherMessage matcher) =>
        matcher.HeaderMatchSpecifierCase switch
        {
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.ExactMatch => HeaderMatcher.OfExactMatch(matcher.Name, matcher.ExactMatch),
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.PrefixMatch => OfText(matcher, StringMatch.Prefix, matcher.PrefixMatch),
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.SuffixMatch => OfText(matcher, StringMatch.Suffix, matcher.SuffixMatch),
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.ContainsMatch => OfText(matcher, StringMatch.Contains, matcher.ContainsMatch),
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.SafeRegexMatch => Regex(matcher.SafeRegexMatch) is { } regex
                ? HeaderMatcher.OfText(matcher.Name, StringMatcher.Of(regex))
                : null,
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.StringMatch => Text(matcher.StringMatch) is { } text
                ? HeaderMatcher.OfText(matcher.Name, text)
                : null,
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.RangeMatch => HeaderMatcher.OfRange(
                matcher.Name,
                matcher.RangeMatch.Start,
                matcher.RangeMatch.End
            ),
            HeaderMatcherMessage.HeaderMatchSpecifierOneofCase.PresentMatch => HeaderMatcher.OfPresence(matcher.Name, matcher.PresentMatch),
            _ => HeaderMatcher.OfPresence(matcher.Name),
        };

    private static HeaderMatcher OfText(HeaderMatcherMessage matcher, StringMatch kind, string text) =>
        HeaderMatcher.OfText(matcher.Name, StringMatcher.Of(kind, text));
}
