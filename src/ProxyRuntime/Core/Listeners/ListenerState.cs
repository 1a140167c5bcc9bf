namespace MeshSim.ProxyRuntime.Core;

/// <summary>One listener as one worker runs it: its statistics, and a connection manager for each of its filter chains.</summary>
internal sealed class ListenerState
{
    private readonly Dictionary<FilterChainSnapshot, ConnectionManager> managers = new(ReferenceEqualityComparer.Instance);

    /// <param name="former">The version before it, if chains that it has too are to go on; null otherwise.</param>
    public ListenerState(WorkerContext context, ListenerSnapshot snapshot, ListenerState? former = null)
    {
        Snapshot = snapshot;
        Stats = new ListenerStats(context.Stats, snapshot.StatPrefix);
        if (snapshot.TlsInspector is not null)
        {
            Inspector = new TlsInspectorStats(context.Stats);
        }

        foreach (var chain in snapshot.AllFilterChains)
        {
            if (chain.Tls is not null)
            {
                Tls ??= new TlsStats(context.Stats, $"listener.{snapshot.StatPrefix}.");
            }

            if (chain.ConnectionManager is { } manager)
            {
                managers[chain] =
                    former?.ManagerOf(chain.Hash) ?? new ConnectionManager(context, manager, snapshot.StatPrefix) { Listener = snapshot, FilterChain = chain };
            }
        }
    }

    public ListenerSnapshot Snapshot { get; }

    public ListenerStats Stats { get; }

    /// <summary>Of all its chains; null if none ends TLS.</summary>
    public TlsStats? Tls { get; }

    /// <summary>Null without an inspector.</summary>
    public TlsInspectorStats? Inspector { get; }

    /// <summary>In the order of the filter chains.</summary>
    public IEnumerable<ConnectionManager> Managers => Snapshot.AllFilterChains.Select(ManagerOf).OfType<ConnectionManager>();

    /// <summary>Those of chains that another version of this listener does not have.</summary>
    public IEnumerable<ConnectionManager> ManagersNotIn(ListenerState next) => managers.Values.Where(manager => !next.managers.ContainsValue(manager));

    /// <summary>Null for a chain without filters.</summary>
    public ConnectionManager? ManagerOf(FilterChainSnapshot chain) => managers.GetValueOrDefault(chain);

    private ConnectionManager? ManagerOf(ulong chainHash)
    {
        foreach (var (chain, manager) in managers)
        {
            if (chain.Hash == chainHash)
            {
                return manager;
            }
        }

        return null;
    }
}
