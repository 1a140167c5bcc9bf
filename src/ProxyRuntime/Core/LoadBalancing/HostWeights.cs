namespace MeshSim.ProxyRuntime.Core;

/// <summary>The hosts a hash table is made of, and the share of each: together 1.</summary>
internal sealed class HostWeights
{
    private readonly List<(HostState Host, double Weight)> entries = [];

    public IReadOnlyList<(HostState Host, double Weight)> Entries => entries;

    public double Least { get; private set; } = 1;

    public double Greatest { get; private set; }

    /// <param name="panic">All hosts are meant, not the healthy ones.</param>
    /// <param name="byLocality">Localities have shares first, by their own weights; without weight none.</param>
    public static HostWeights Of(HostSet set, bool panic, bool byLocality)
    {
        var weights = new HostWeights();
        if (!byLocality || set.Localities.Length == 0)
        {
            weights.Add(panic ? set.All : set.Healthy, 1);
            return weights;
        }

        var sum = set.Localities.Sum(static locality => (long)locality.Weight);
        foreach (var locality in set.Localities)
        {
            if (locality.Weight > 0)
            {
                weights.Add(panic ? locality.All : locality.Healthy, (double)locality.Weight / sum);
            }
        }

        return weights;
    }

    private void Add(HostState[] hosts, double share)
    {
        var sum = hosts.Sum(static host => (long)host.Snapshot.Weight);
        foreach (var host in hosts)
        {
            var weight = host.Snapshot.Weight * share / sum;
            entries.Add((host, weight));
            Least = Math.Min(Least, weight);
            Greatest = Math.Max(Greatest, weight);
        }
    }
}
