namespace MeshSim.ProxyRuntime.Core;

/// <summary>The TCP proxy of one filter chain as one worker runs it: its settings, its statistics, which cluster is next.</summary>
internal sealed class TcpProxy : TerminalFilter
{
    private readonly WorkerContext context;
    private readonly RandomStream random;
    private readonly ulong weightTotal;

    public TcpProxy(WorkerContext context, TcpProxySnapshot snapshot)
    {
        this.context = context;
        Snapshot = snapshot;
        Stats = new TcpProxyStats(context.Stats, snapshot.StatPrefix);
        random = context.Random.Derive("tcp-proxy", snapshot.StatPrefix);
        foreach (var cluster in snapshot.Clusters)
        {
            weightTotal += cluster.Weight;
        }
    }

    public TcpProxySnapshot Snapshot { get; }

    public TcpProxyStats Stats { get; }

    public override ServerConnection Open(ListenerState listener, ConnectionId id, ConnectionInfo info)
    {
        var connection = new TcpProxyConnection(context, this, listener, id, info);
        connection.Connect();
        return connection;
    }

    /// <summary>The cluster of a new connection: of several, one by weight.</summary>
    public TcpProxyCluster PickRoute()
    {
        var clusters = Snapshot.Clusters;
        if (clusters.Length == 1)
        {
            return clusters[0];
        }

        var chosen = random.NextUInt64() % weightTotal;
        foreach (var cluster in clusters)
        {
            if (chosen < cluster.Weight)
            {
                return cluster;
            }

            chosen -= cluster.Weight;
        }

        return clusters[^1];
    }
}
