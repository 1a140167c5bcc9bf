namespace MeshSim.ProxyRuntime.Core;

/// <summary>Settings of a filter for which the workers of a proxy keep something together: token buckets, a remembered answer, a count.</summary>
/// <remarks>What is kept is atomic numbers, or immutable objects that are swapped whole.</remarks>
internal interface ISharedFilterSettings
{
    /// <summary>What belongs to these settings in one proxy.</summary>
    object NewShared();
}

/// <summary>What the workers of one proxy share for each filter's settings, wherever they stand: in a chain or at a level of a route table.</summary>
/// <remarks>
/// Filled when the proxy is made. When a listener comes later, whichever worker learns of it first swaps the tables for larger ones. Settings
/// are told apart as objects: equal ones in two places have nothing in common.
/// </remarks>
internal sealed class SharedFilterStates
{
    private Tables tables = new([], []);

    public SharedFilterStates(ProxySnapshot snapshot)
    {
        foreach (var listener in snapshot.Listeners)
        {
            tables = tables.With(listener);
        }
    }

    /// <summary>What is shared for some settings of a listener of the proxy.</summary>
    public T Of<T>(ISharedFilterSettings settings)
        where T : class => (T)Volatile.Read(ref tables).States[settings];

    /// <summary>The faults under way behind connection managers of that stat_prefix: what the gauge active_faults counts in all workers.</summary>
    public Resource ActiveFaults(string statPrefix) => Volatile.Read(ref tables).Faults[statPrefix];

    /// <summary>A listener has come; nothing happens if another worker has said so before.</summary>
    public void Add(ListenerSnapshot listener)
    {
        Tables known;
        do
        {
            known = Volatile.Read(ref tables);
        } while (Interlocked.CompareExchange(ref tables, known.With(listener), known) != known);
    }

    /// <summary>A version of a route table has come; nothing happens if another worker has said so before.</summary>
    public void Add(RouteTable routes)
    {
        Tables known;
        do
        {
            known = Volatile.Read(ref tables);
        } while (Interlocked.CompareExchange(ref tables, known.With(routes), known) != known);
    }

    private sealed class Tables(IEnumerable<KeyValuePair<object, object>> states, IEnumerable<KeyValuePair<string, Resource>> faults)
    {
        public Dictionary<object, object> States { get; } = new(states, ReferenceEqualityComparer.Instance);

        public Dictionary<string, Resource> Faults { get; } = new(faults, StringComparer.Ordinal);

        public Tables With(ListenerSnapshot listener)
        {
            var all = new Tables(States, Faults);
            foreach (var manager in listener.AllFilterChains.Select(static chain => chain.ConnectionManager).OfType<HttpConnectionManagerSnapshot>())
            {
                _ = all.Faults.TryAdd(manager.StatPrefix, new Resource(uint.MaxValue));
                foreach (var filter in manager.HttpFilters)
                {
                    all.Add(filter.Settings);
                }

                all.AddAll(manager.RouteTable);
            }

            return all;
        }

        public Tables With(RouteTable routes)
        {
            var all = new Tables(States, Faults);
            all.AddAll(routes);
            return all;
        }

        private void AddAll(RouteTable routes)
        {
            foreach (var settings in routes.FilterSettings())
            {
                Add(settings);
            }
        }

        private void Add(object settings)
        {
            if (settings is ISharedFilterSettings shared && !States.ContainsKey(settings))
            {
                States[settings] = shared.NewShared();
            }
        }
    }
}
