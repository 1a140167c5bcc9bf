using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>VirtualCluster: a name for requests whose headers all fit, for statistics.</summary>
public sealed record VirtualCluster(string Name, ImmutableArray<HeaderMatcher> Headers)
{
    /// <summary>What fits no virtual cluster.</summary>
    public static readonly VirtualCluster Other = new("other", []);

    internal bool Matches(HeaderMap request)
    {
        foreach (var header in Headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}
