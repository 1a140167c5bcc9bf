namespace MeshSim.ProxyRuntime.Core;

/// <summary>RING_HASH and MAGLEV: the hash of a request chooses the priority and the host; without one it is drawn at random.</summary>
internal sealed class HashBalancer(WorkerContext context, ClusterState cluster, HashPolicySnapshot policy, RandomStream random) : DrawingBalancer
{
    private HashTables? tables;
    private ulong hash;
    private HashTable table = null!;

    private HostSet[] sets = [];

    public override void Update(HostSet[] sets, BalancerTables? made)
    {
        this.sets = sets;
        tables = made as HashTables ?? HashTables.Build(sets, cluster.Snapshot.LoadBalancing, policy, context.Runtime);
    }

    public override void AddShares(LoadBalancerContext choice, BalanceShares shares) => tables?.AddShares(sets, shares);

    protected override HostState? ChooseOnce(LoadBalancerContext choice, int draw)
    {
        if (tables is null)
        {
            return null;
        }

        if (draw == 0)
        {
            hash = choice.Hash ?? random.NextUInt64();
            (table, var panic) = tables.For(hash);
            choice.InPanic = panic;
            if (panic)
            {
                cluster.Stats.LbHealthyPanic.Increment();
            }
        }

        return table.Find(hash, draw, policy.BalanceFactor == 0 ? 0 : cluster.Resources.ActiveRequests);
    }
}
