namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// hash_balance_factor: a host that has more than that percentage of its share of the requests under way is passed over; the next one
/// is drawn at random, but the same for the same hash.
/// </summary>
internal sealed class BoundedLoad(HashTable table, HostWeights weights, uint factor) : HashTable
{
    private readonly Dictionary<HostState, double> shares = weights.Entries.ToDictionary(static entry => entry.Host, static entry => entry.Weight);

    public override HostState? Find(ulong hash, int draw, long active)
    {
        if (table.Find(hash, draw, active) is not { } host)
        {
            return null;
        }

        var slots = (((active + 1) * factor) + 99) / 100;
        var load = Load(host, shares[host], slots);
        return load <= 1 ? host : FindOther(host, load, hash, slots);
    }

    public override void AddShares(double share, BalanceShares shares)
    {
        if (this.shares.Keys.Any(static host => host.Stats.RqActive > 0))
        {
            shares.NotExact();
        }

        table.AddShares(share, shares);
    }

    private HostState FindOther(HostState overloaded, double load, ulong hash, long slots)
    {
        var entries = weights.Entries;
        var order = new int[entries.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var random = new MersenneTwister((uint)hash);
        var (best, least) = (overloaded, load);
        for (var i = 0; i < order.Length; i++)
        {
            var other = i + (int)random.Next((uint)(order.Length - i));
            (order[i], order[other]) = (order[other], order[i]);
            var (host, share) = entries[order[i]];
            if (ReferenceEquals(host, overloaded))
            {
                continue;
            }

            var its = Load(host, share, slots);
            if (its <= 1)
            {
                return host;
            }

            if (its < least)
            {
                (best, least) = (host, its);
            }
        }

        return best;
    }

    private static double Load(HostState host, double share, long slots) => host.Stats.RqActive / Math.Max(Math.Ceiling(slots * share), 1);
}
