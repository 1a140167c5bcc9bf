using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Benchmarks;

/// <summary>The same choices the way one writes them first, without priorities, health, panic and localities.</summary>
internal sealed class NaiveBalancer(BenchmarkedPolicy policy, HostState[] hosts)
{
    private readonly System.Random random = new(1);
    private readonly double[] credit = new double[hosts.Length];
    private readonly List<(ulong Hash, HostState Host)> ring = policy == BenchmarkedPolicy.RingHash ? Ring(hosts) : [];
    private readonly MetadataValue wanted = BalancerSide.Version(3);
    private int turn;

    public HostState Pick(ulong hash) =>
        policy switch
        {
            BenchmarkedPolicy.WeightedRoundRobin => Smooth(static host => host.Snapshot.Weight),
            BenchmarkedPolicy.WeightedLeastRequest => Smooth(static host => (double)host.Snapshot.Weight / (host.Stats.RqActive + 1)),
            BenchmarkedPolicy.Random => hosts[random.Next(hosts.Length)],
            BenchmarkedPolicy.LeastRequest => Least(hosts[random.Next(hosts.Length)], hosts[random.Next(hosts.Length)]),
            BenchmarkedPolicy.RingHash => Behind(hash),
            BenchmarkedPolicy.Maglev => hosts[(int)(hash % (ulong)hosts.Length)],
            BenchmarkedPolicy.Subset => InSubset(),
            _ => hosts[turn++ % hosts.Length],
        };

    private static HostState Least(HostState a, HostState b) => b.Stats.RqActive < a.Stats.RqActive ? b : a;

    /// <summary>Everybody earns its weight, the richest is taken and pays all of it.</summary>
    private HostState Smooth(Func<HostState, double> weight)
    {
        var (best, sum) = (0, 0.0);
        for (var i = 0; i < hosts.Length; i++)
        {
            var own = weight(hosts[i]);
            credit[i] += own;
            sum += own;
            best = credit[i] > credit[best] ? i : best;
        }

        credit[best] -= sum;
        return hosts[best];
    }

    private HostState Behind(ulong hash)
    {
        var place = ring.BinarySearch((hash, null!), Comparer<(ulong Hash, HostState)>.Create(static (a, b) => a.Hash.CompareTo(b.Hash)));
        return ring[(place < 0 ? ~place : place) % ring.Count].Host;
    }

    private HostState InSubset()
    {
        var subset = hosts.Where(host => host.Snapshot.Metadata.Get("envoy.lb")!.Field("v")!.Equals(wanted.Field("v"))).ToList();
        return subset[turn++ % subset.Count];
    }

    private static List<(ulong Hash, HostState Host)> Ring(HostState[] hosts) =>
        [
            .. hosts
                .SelectMany(host => Enumerable.Range(0, Math.Max(1, 1024 / hosts.Length)).Select(i => (StableHash.Of($"{host.Address}_{i}"), host)))
                .OrderBy(static place => place.Item1),
        ];
}
