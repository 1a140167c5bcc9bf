using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Names of statistics, each once: those of all machines of proxies with one configuration. For any thread: what is kept is swapped whole.</summary>
public sealed class StatNames
{
    private ImmutableSortedSet<string> names = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The name as whoever asked for it first has it.</summary>
    internal string Of(string name)
    {
        if (!names.TryGetValue(name, out var known))
        {
            _ = ImmutableInterlocked.Update(ref names, static (all, fresh) => all.Add(fresh), name);
            _ = names.TryGetValue(name, out known);
        }

        return known;
    }
}
