using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a route match asks for, condition by condition, for people.</summary>
internal static class MatchConditions
{
    /// <summary>The path first; all of them hold for a request that matches.</summary>
    public static ImmutableArray<string> Of(RouteMatch match)
    {
        List<string> all = [$"{match.Path}"];
        if (match.Grpc)
        {
            all.Add("request is gRPC");
        }

        all.AddRange(match.Headers.Select(static header => $"{header}"));
        all.AddRange(match.QueryParameters.Select(static parameter => $"{parameter}"));
        all.AddRange(match.Cookies.Select(static cookie => $"{cookie}"));
        if (match.TlsContext is not null)
        {
            all.Add($"{match.TlsContext}");
        }

        all.AddRange(match.DynamicMetadata.Select(static metadata => $"{metadata}"));
        all.AddRange(match.FilterState.Select(static state => $"{state}"));
        if (match.Fraction is { } fraction)
        {
            all.Add(FractionText.Of("runtime_fraction", fraction));
        }

        return [.. all];
    }

    /// <summary>The field of RouteMatch behind a condition, <c>headers[1]</c>.</summary>
    public static string FieldOf(RouteMatch match, RouteMismatch mismatch)
    {
        var i = mismatch.Index;
        return mismatch.Condition switch
        {
            RouteCondition.RuntimeFraction => "runtime_fraction",
            RouteCondition.Grpc => "grpc",
            RouteCondition.Headers => $"headers[{i}]",
            RouteCondition.QueryParameters => $"query_parameters[{i}]",
            RouteCondition.Cookies => $"cookies[{i}]",
            RouteCondition.TlsContext => "tls_context",
            RouteCondition.DynamicMetadata => $"dynamic_metadata[{i}]",
            RouteCondition.FilterState => $"filter_state[{i}]",
            _ => FieldOf(match.Path.Specifier),
        };
    }

    private static string FieldOf(PathSpecifier specifier) =>
        specifier switch
        {
            PathSpecifier.Prefix => "prefix",
            PathSpecifier.Path => "path",
            PathSpecifier.SafeRegex => "safe_regex",
            PathSpecifier.PathSeparatedPrefix => "path_separated_prefix",
            PathSpecifier.ConnectMatcher => "connect_matcher",
            _ => "path_match_policy",
        };
}
