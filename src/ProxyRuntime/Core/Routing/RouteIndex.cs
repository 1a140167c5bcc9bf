using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Finds the first route of a virtual host that matches. Few routes are tried one after another; of many, only those whose path could
/// match are: routes with an exact path by a table, those with a prefix by a tree over path bytes, and all others always – in list order.
/// </summary>
internal sealed class RouteIndex
{
    /// <summary>Up to so many routes trying each is faster than looking them up.</summary>
    private const int MaxLinear = 24;

    private readonly RouteTest[] tests;
    private readonly ByteTable? paths;
    private readonly ImmutableArray<ImmutableArray<int>> byPath = [];
    private readonly PrefixTree? prefixes;
    private readonly int[] others = [];

    /// <param name="pool">Of the table the routes belong to.</param>
    public RouteIndex(ImmutableArray<Route> routes, MatcherPool pool)
    {
        tests = [.. routes.Select(route => new RouteTest(route, pool))];
        if (routes.Length <= MaxLinear)
        {
            return;
        }

        SortedDictionary<string, List<int>> exact = new(StringComparer.Ordinal);
        prefixes = new PrefixTree();
        List<int> rest = [];
        for (var i = 0; i < routes.Length; i++)
        {
            var path = routes[i].Match.Path;
            if (path.CaseSensitive && path.Specifier == PathSpecifier.Path)
            {
                (exact.TryGetValue(path.Text, out var list) ? list : exact[path.Text] = []).Add(i);
            }
            else if (path.CaseSensitive && path.Specifier is PathSpecifier.Prefix or PathSpecifier.PathSeparatedPrefix)
            {
                prefixes.Add(path.Bytes, i);
            }
            else
            {
                rest.Add(i);
            }
        }

        byPath = [.. exact.Values.Select(static list => list.ToImmutableArray())];
        paths = new ByteTable([.. exact.Keys.Select(static (text, i) => (System.Text.Encoding.UTF8.GetBytes(text), i))]);
        others = [.. rest];
    }

    public Route? Find(in RouteRequest request)
    {
        var head = PathHead.Of(request.Path);
        if (prefixes is not null)
        {
            return FindIndexed(request, head);
        }

        foreach (ref readonly var test in tests.AsSpan())
        {
            if (test.Holds(request, head))
            {
                return test.Route;
            }
        }

        return null;
    }

    private Route? FindIndexed(in RouteRequest request, PathHead head)
    {
        var place = paths!.Find(request.Path);
        var candidates = new RouteCandidates(place < 0 ? [] : byPath[place].AsSpan(), others, prefixes!, request.Path);
        while (candidates.Next() is var index and >= 0)
        {
            if (tests[index].Holds(request, head))
            {
                return tests[index].Route;
            }
        }

        return null;
    }
}
