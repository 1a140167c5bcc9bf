namespace MeshSim.ProxyRuntime.Core;

/// <summary>One listener as one worker runs it: its statistics, and a connection manager for each of its filter chains.</summary>
internal sealed class ListenerState
{
    private readonly Dictionary<FilterChainSnapshot, ConnectionManager> managers = new(ReferenceEqualityComparer.Instance);

    public ListenerState(WorkerContext context, ListenerSnapshot snapshot)
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
                managers[chain] = new ConnectionManager(context, manager, snapshot.StatPrefix) { Listener = snapshot, FilterChain = chain };
            }
        }
    }

    public ListenerSnapshot Snapshot { get; }

    public ListenerStats Stats { get; }

    /// <summary>Of all its chains; null if none ends TLS.</summary>
    public TlsStats? Tls { get; }

    /// <summary>Null without an inspector.</summary>
    public TlsInspectorStats? Inspector { get; }

    /// <summary>Null for a chain without filters.</summary>
    public ConnectionManager? ManagerOf(FilterChainSnapshot chain) => managers.GetValueOrDefault(chain);
}
