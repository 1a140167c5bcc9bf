using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Matchers of a route table that ask the same, as one object. Tables for many hosts repeat the same few conditions; what all requests go
/// through stays in the processor's caches, and each regular expression has one automaton.
/// </summary>
internal sealed class MatcherPool
{
    private readonly Dictionary<(PathSpecifier Specifier, string Text, bool CaseSensitive), PathMatcher> paths = [];
    private readonly Dictionary<HeaderQuestion, HeaderMatcher> headers = [];

    /// <summary>The first matcher that asks the same.</summary>
    public PathMatcher Shared(PathMatcher path)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(paths, (path.Specifier, path.Text, path.CaseSensitive), out _);
        return place ??= path;
    }

    /// <summary>For each matcher the first that asks the same.</summary>
    public ImmutableArray<HeaderMatcher> Shared(ImmutableArray<HeaderMatcher> matchers) => [.. matchers.Select(Shared)];

    private HeaderMatcher Shared(HeaderMatcher matcher)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(headers, matcher.Question, out _);
        return place ??= matcher;
    }
}
