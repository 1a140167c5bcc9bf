using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>RING_HASH: each host at many places of a ring, by the hash of its key and a number; a hash belongs to the next place.</summary>
internal sealed class RingTable : HashTable
{
    private readonly ulong[] places;
    private readonly HostState[] hosts;

    private RingTable(ulong[] places, HostState[] hosts)
    {
        this.places = places;
        this.hosts = hosts;
    }

    /// <summary>How many places, and of the host with the fewest and the one with the most.</summary>
    public (ulong Size, ulong Min, ulong Max) Counts { get; private init; }

    public static RingTable Build(HostWeights weights, RingHashPolicy policy)
    {
        if (weights.Entries.Count == 0)
        {
            return new RingTable([], []);
        }

        // So many that the lightest host has a whole number of them, if the ring may be that large.
        var scale = Math.Min(Math.Ceiling(weights.Least * policy.MinimumSize) / weights.Least, policy.MaximumSize);
        var size = (ulong)Math.Ceiling(scale);
        List<ulong> hashes = new((int)size);
        List<HostState> owners = new((int)size);
        var target = 0.0;
        var (min, max) = (size, 0UL);
        var key = new ByteBuffer();
        foreach (var (host, weight) in weights.Entries)
        {
            target += scale * weight;
            var prefix = Encoding.UTF8.GetBytes(Key(host, policy.UseHostname) + "_");
            var count = 0UL;
            for (; hashes.Count < target; count++)
            {
                hashes.Add(Hash(key, prefix, count, policy.Murmur));
                owners.Add(host);
            }

            min = Math.Min(min, count);
            max = Math.Max(max, count);
        }

        var sortedPlaces = hashes.ToArray();
        var sortedHosts = owners.ToArray();
        Array.Sort(sortedPlaces, sortedHosts);
        return new RingTable(sortedPlaces, sortedHosts) { Counts = (size, min, max) };
    }

    public override HostState? Find(ulong hash, int draw, long active)
    {
        if (places.Length == 0)
        {
            return null;
        }

        var (low, high) = (0, places.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (places[middle] < hash)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return hosts[(low + draw) % places.Length];
    }

    /// <summary>Of all hashes those behind the place before, up to its own, belong to a place.</summary>
    public override void AddShares(double share, BalanceShares shares)
    {
        const double hashes = 18_446_744_073_709_551_616.0;
        for (var i = 0; i < places.Length; i++)
        {
            var arc = unchecked(places[i] - places[i == 0 ? places.Length - 1 : i - 1]);
            shares.Add(hosts[i], share * (places.Length == 1 ? 1 : arc / hashes));
        }

        shares.AddNone(places.Length == 0 ? share : 0);
    }

    private static ulong Hash(ByteBuffer key, byte[] prefix, ulong number, bool murmur)
    {
        key.Clear();
        key.Append(prefix);
        Span<byte> digits = stackalloc byte[20];
        _ = number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        key.Append(digits[..length]);
        return murmur ? MurmurHash2.Of(key.Span) : XxHash64.Of(key.Span);
    }
}
