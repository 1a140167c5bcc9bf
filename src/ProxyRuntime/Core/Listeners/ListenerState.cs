namespace MeshSim.ProxyRuntime.Core;

/// <summary>One listener as one worker runs it: its statistics, and the last filter of each of its filter chains.</summary>
internal sealed class ListenerState
{
    private readonly Dictionary<FilterChainSnapshot, TerminalFilter> filters = new(ReferenceEqualityComparer.Instance);

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

            if ((former?.FilterOf(chain.Hash) ?? New(context, snapshot, chain)) is { } filter)
            {
                filters[chain] = filter;
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
    public IEnumerable<ConnectionManager> Managers => Snapshot.AllFilterChains.Select(FilterOf).OfType<ConnectionManager>();

    public IEnumerable<TerminalFilter> Filters => filters.Values;

    /// <summary>Those of chains that another version of this listener does not have.</summary>
    public IEnumerable<TerminalFilter> FiltersNotIn(ListenerState next) => filters.Values.Where(filter => !next.filters.ContainsValue(filter));

    /// <summary>Null for a chain without filters.</summary>
    public TerminalFilter? FilterOf(FilterChainSnapshot chain) => filters.GetValueOrDefault(chain);

    private TerminalFilter? FilterOf(ulong chainHash)
    {
        foreach (var (chain, filter) in filters)
        {
            if (chain.Hash == chainHash)
            {
                return filter;
            }
        }

        return null;
    }

    private static TerminalFilter? New(WorkerContext context, ListenerSnapshot listener, FilterChainSnapshot chain) =>
        chain.ConnectionManager is { } manager ? new ConnectionManager(context, manager, listener.StatPrefix) { Listener = listener, FilterChain = chain }
        : chain.TcpProxy is { } proxy ? new TcpProxy(context, proxy) { Listener = listener, FilterChain = chain }
        : null;
}
