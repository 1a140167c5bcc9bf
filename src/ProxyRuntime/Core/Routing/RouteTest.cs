using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A route prepared for being tried: what it asks in the order of what that costs, as no condition has an effect. How the path must begin
/// comes first and stands here itself, so that most routes are passed over, and short prefixes decided, without a look at other objects.
/// </summary>
internal readonly struct RouteTest
{
    private readonly PathHead mask;
    private readonly PathHead wanted;
    private readonly PathMatcher path;
    private readonly ImmutableArray<HeaderMatcher> headers;
    private readonly bool isPlain;

    /// <summary>The prefix is longer than what stands here.</summary>
    private readonly bool hasMore;

    /// <summary>That the path begins so is all that is asked of it.</summary>
    private readonly bool decides;

    /// <param name="pool">Of the table the route belongs to.</param>
    public RouteTest(Route route, MatcherPool pool)
    {
        Route = route;
        path = pool.Shared(route.Match.Path);
        headers = pool.Shared(route.Match.Headers);
        isPlain = route.Match.IsPlain;
        var prefix = path.RequiredPrefix;
        mask = PathHead.MaskOf(prefix.Length);
        wanted = PathHead.Of(prefix);
        hasMore = prefix.Length > PathHead.Length;
        decides = !hasMore && path is { Specifier: PathSpecifier.Prefix, CaseSensitive: true };
    }

    public Route Route { get; }

    /// <param name="head">Of the request's path.</param>
    public bool Holds(in RouteRequest request, PathHead head)
    {
        if (!head.Has(wanted, mask) || (hasMore && !request.Path.StartsWith(path.RequiredPrefix)))
        {
            return false;
        }

        if (!isPlain)
        {
            return Route.Match.Test(request).Condition == RouteCondition.None;
        }

        foreach (var header in headers)
        {
            if (!header.Matches(request.Headers))
            {
                return false;
            }
        }

        return decides ? !request.IsPathless : path.Matches(request);
    }
}
