using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>MAGLEV: a table of a prime number of slots that hosts fill in turn, each in an order of its own; a hash belongs to one slot.</summary>
internal sealed class MaglevTable : HashTable
{
    private readonly int[] slots;
    private readonly HostState[] hosts;

    private MaglevTable(int[] slots, HostState[] hosts)
    {
        this.slots = slots;
        this.hosts = hosts;
    }

    /// <summary>Slots of the host with the fewest and of the one with the most.</summary>
    public (ulong Min, ulong Max) Counts { get; private init; }

    public static MaglevTable Build(HostWeights weights, MaglevPolicy policy)
    {
        if (weights.Entries.Count == 0)
        {
            return new MaglevTable([], []);
        }

        var entries = weights
            .Entries.Select(entry => new Entry(entry.Host, Key(entry.Host, policy.UseHostname), entry.Weight, policy.TableSize))
            .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            .ToArray();
        var filled = Fill(entries, weights.Greatest, (int)policy.TableSize);
        return new MaglevTable(filled, Array.ConvertAll(entries, static entry => entry.Host))
        {
            Counts = (entries.Min(static entry => entry.Count), entries.Max(static entry => entry.Count)),
        };
    }

    /// <summary>A draw beyond the first changes most bits of the hash.</summary>
    public override HostState? Find(ulong hash, int draw, long active)
    {
        if (slots.Length == 0)
        {
            return null;
        }

        var changed = draw == 0 ? hash : hash ^ unchecked(0UL - (ulong)draw);
        return hosts[slots[changed % (ulong)slots.Length]];
    }

    public override void AddShares(double share, BalanceShares shares)
    {
        foreach (var slot in slots)
        {
            shares.Add(hosts[slot], share / slots.Length);
        }

        shares.AddNone(slots.Length == 0 ? share : 0);
    }

    private static int[] Fill(Entry[] entries, double greatest, int size)
    {
        var table = new int[size];
        var taken = new bool[size];
        var filled = 0;
        for (var round = 1L; filled < size; round++)
        {
            for (var i = 0; i < entries.Length && filled < size; i++)
            {
                var entry = entries[i];

                // A host of the greatest weight takes a slot in each round, one of half that weight in every second.
                if (round * entry.Weight < entry.Target)
                {
                    continue;
                }

                entry.Target += greatest;
                while (taken[entry.Next])
                {
                    entry.Advance(size);
                }

                table[entry.Next] = i;
                taken[entry.Next] = true;
                entry.Advance(size);
                entry.Count++;
                filled++;
            }
        }

        return table;
    }

    /// <summary>One host on its way through the table.</summary>
    private sealed class Entry
    {
        private readonly int skip;

        public Entry(HostState host, string key, double weight, ulong size)
        {
            Host = host;
            Key = key;
            Weight = weight;
            var bytes = Encoding.UTF8.GetBytes(key);
            Next = (int)(XxHash64.Of(bytes) % size);
            skip = (int)((XxHash64.Of(bytes, 1) % (size - 1)) + 1);
        }

        public HostState Host { get; }

        public string Key { get; }

        public double Weight { get; }

        public double Target { get; set; }

        public ulong Count { get; set; }

        /// <summary>The slot it would like next.</summary>
        public int Next { get; private set; }

        public void Advance(int size)
        {
            Next += skip;
            Next -= Next >= size ? size : 0;
        }
    }
}
