namespace MeshSim.ProxyRuntime.Core;

/// <summary>Settings of a filter for which the workers of a proxy keep something together: token buckets, a remembered answer, a count.</summary>
/// <remarks>What is kept is atomic numbers, or immutable objects that are swapped whole.</remarks>
internal interface ISharedFilterSettings
{
    /// <summary>What belongs to these settings in one proxy.</summary>
    object NewShared();
}

/// <summary>What the workers of one proxy share for each filter's settings, wherever they stand: in a chain or at a level of a route table.</summary>
/// <remarks>Filled when the proxy is made, read-only afterwards. Settings are told apart as objects: equal ones in two places have nothing in common.</remarks>
internal sealed class SharedFilterStates
{
    private readonly Dictionary<object, object> states = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Resource> activeFaults = new(StringComparer.Ordinal);

    public SharedFilterStates(ProxySnapshot snapshot)
    {
        foreach (var chain in snapshot.Listeners.SelectMany(static listener => listener.AllFilterChains))
        {
            if (chain.ConnectionManager is not { } manager)
            {
                continue;
            }

            _ = activeFaults.TryAdd(manager.StatPrefix, new Resource(uint.MaxValue));
            foreach (var filter in manager.HttpFilters)
            {
                Add(filter.Settings);
            }

            foreach (var settings in manager.RouteTable.FilterSettings())
            {
                Add(settings);
            }
        }
    }

    /// <summary>What is shared for some settings of the proxy's snapshot.</summary>
    public T Of<T>(ISharedFilterSettings settings)
        where T : class => (T)states[settings];

    /// <summary>The faults under way behind connection managers of that stat_prefix: what the gauge active_faults counts in all workers.</summary>
    public Resource ActiveFaults(string statPrefix) => activeFaults[statPrefix];

    private void Add(object settings)
    {
        if (settings is ISharedFilterSettings shared && !states.ContainsKey(settings))
        {
            states[settings] = shared.NewShared();
        }
    }
}
