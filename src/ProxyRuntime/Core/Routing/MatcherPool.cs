using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Matchers of a route table that ask the same, as one object. Tables for many hosts repeat the same few conditions; what all requests go
/// through stays in the processor's caches. Regular expressions that differ only in what they begin with have one automaton.
/// </summary>
internal sealed class MatcherPool
{
    private readonly Dictionary<(PathSpecifier Specifier, string Text, bool CaseSensitive), PathMatcher> paths = [];
    private readonly Dictionary<HeaderQuestion, HeaderMatcher> headers = [];
    private readonly Dictionary<(string Program, Re2Context Before), ForwardDfa> automata = [];

    /// <summary>The first matcher that asks the same.</summary>
    public PathMatcher Shared(PathMatcher path)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(paths, (path.Specifier, path.Text, path.CaseSensitive), out _);
        if (place is null)
        {
            place = path;
            path.Regex?.Share(automata);
        }

        return place;
    }

    /// <summary>For each matcher the first that asks the same.</summary>
    public ImmutableArray<HeaderMatcher> Shared(ImmutableArray<HeaderMatcher> matchers) => [.. matchers.Select(Shared)];

    private HeaderMatcher Shared(HeaderMatcher matcher)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(headers, matcher.Question, out _);
        if (place is null)
        {
            place = matcher;
            matcher.Regex?.Share(automata);
        }

        return place;
    }
}
