using MeshSim.ProxyRuntime.Core;
using FilterStateMatcher = MeshSim.ProxyRuntime.Core.FilterStateMatcher;
using MatchMessage = Envoy.Config.Route.V3.RouteMatch;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The match of a route: a path specifier and further conditions.</summary>
internal sealed class RouteMatchBuilder(BuildContext context)
{
    private readonly MatcherBuilder matchers = new(context);

    /// <summary>The match; null, with a problem, if it has no usable path specifier.</summary>
    public RouteMatch? Build(MatchMessage match) =>
        Path(match) is { } path
            ? new RouteMatch(path)
            {
                Fraction = MatcherBuilder.Fraction(match.RuntimeFraction),
                Grpc = match.Grpc is not null,
                Headers = [.. match.Headers.Select(matchers.Header).OfType<HeaderMatcher>()],
                QueryParameters = [.. match.QueryParameters.Select(matchers.QueryParameter).OfType<QueryParameterMatcher>()],
                Cookies = [.. match.Cookies.Select(matchers.Cookie).OfType<CookieMatcher>()],
                TlsContext = match.TlsContext is { } tls ? new TlsContextMatch(tls.Presented, tls.Validated) : null,
                DynamicMetadata = [.. match.DynamicMetadata.Select(new MetadataBuilder(context).Matcher).OfType<MetadataMatcher>()],
                FilterState = [.. match.FilterState.Select(matchers.FilterState).OfType<FilterStateMatcher>()],
            }
            : null;

    private PathMatcher? Path(MatchMessage match)
    {
        var caseSensitive = match.CaseSensitive ?? true;
        return match.PathSpecifierCase switch
        {
            MatchMessage.PathSpecifierOneofCase.Prefix => PathMatcher.Of(PathSpecifier.Prefix, match.Prefix, caseSensitive),
            MatchMessage.PathSpecifierOneofCase.Path => PathMatcher.Of(PathSpecifier.Path, match.Path, caseSensitive),
            MatchMessage.PathSpecifierOneofCase.SafeRegex => MatcherBuilder.Regex(match.SafeRegex) is { } regex ? PathMatcher.Of(regex) : null,
            MatchMessage.PathSpecifierOneofCase.ConnectMatcher => PathMatcher.OfConnect(),
            MatchMessage.PathSpecifierOneofCase.PathSeparatedPrefix => PathMatcher.Of(
                PathSpecifier.PathSeparatedPrefix,
                match.PathSeparatedPrefix,
                caseSensitive
            ),
            MatchMessage.PathSpecifierOneofCase.PathMatchPolicy => new UriTemplateBuilder(context).Build(match.PathMatchPolicy) is { } template
                ? PathMatcher.Of(template)
                : null,
            _ => null,
        };
    }
}
