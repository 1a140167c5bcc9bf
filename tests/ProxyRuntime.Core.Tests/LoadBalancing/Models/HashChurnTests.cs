using System.Text;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Ring and Maglev against naive ones, while hosts come and go.</summary>
public class HashChurnTests
{
    private static readonly Gen<(int Weight, int Number)[]> Hosts = Gen.Select(Gen.Int[1, 5], Gen.Int[0, 60])
        .Array[1, 25]
        .Select(static hosts => hosts.DistinctBy(static host => host.Item2).Select(static host => (host.Item1, host.Item2)).ToArray());

    [Fact]
    public void A_ring_is_what_a_naive_ring_is() =>
        FixedCases.ForEach(
            Gen.Select(Hosts, Gen.ULong.Array[50]),
            150,
            static (hosts, hashes) =>
            {
                var weights = Weights(hosts);
                var table = RingTable.Build(weights, new RingHashPolicy(256, 2048));
                var ring = NaiveRing(weights, 256, 2048);
                foreach (var hash in hashes)
                {
                    var owner = ring.SkipWhile(place => place.Hash < hash).Concat(ring).First().Host;
                    Assert.Same(owner, table.Find(hash, 0, 0));
                }
            }
        );

    [Fact]
    public void A_Maglev_table_is_what_a_naive_one_is() =>
        FixedCases.ForEach(
            Gen.Select(Hosts, Gen.Bool.Select(static large => large ? 251 : 31)),
            100,
            static (hosts, size) =>
            {
                var weights = Weights(hosts);
                var table = MaglevTable.Build(weights, new MaglevPolicy((ulong)size));
                var naive = NaiveMaglev(weights, size);
                for (var slot = 0; slot < size; slot++)
                {
                    Assert.Same(naive[slot], table.Find((ulong)slot, 0, 0));
                }
            }
        );

    /// <summary>With as many places for each host, whoever else is there, no hash moves between two hosts that stay.</summary>
    [Fact]
    public void On_a_ring_only_what_changed_hosts_have_moves() =>
        FixedCases.ForEach(
            Gen.Select(Hosts, Gen.Select(Hosts, Gen.ULong.Array[200])),
            150,
            static (before, rest) =>
            {
                var (after, hashes) = rest;
                var (old, now) = (EvenRing(before), EvenRing(after));
                var stay = before.Select(static host => host.Number).Intersect(after.Select(static host => host.Number)).ToHashSet();
                foreach (var hash in hashes)
                {
                    var (was, goes) = (Number(old.Find(hash, 0, 0)!), Number(now.Find(hash, 0, 0)!));
                    Assert.True(was == goes || !stay.Contains(was) || !stay.Contains(goes), $"{hash} moved from {was} to {goes}");
                }
            }
        );

    private static int Number(HostState host) => host.Address.Port - 8000;

    private static RingTable EvenRing((int Weight, int Number)[] hosts)
    {
        var size = (ulong)hosts.Length * 100;
        return RingTable.Build(Weights([.. hosts.Select(static host => (1, host.Number))]), new RingHashPolicy(size, size));
    }

    private static HostWeights Weights((int Weight, int Number)[] hosts)
    {
        var states = hosts.Select(static host => new HostState(
            new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 8000 + host.Number), Weight = (uint)host.Weight }
        ));
        return HostWeights.Of(HostSet.BuildAll(new ClusterMembership("c", [.. states]), LocalitySnapshot.None)[0], panic: false, byLocality: false);
    }

    private static List<(ulong Hash, HostState Host)> NaiveRing(HostWeights weights, ulong minimum, ulong maximum)
    {
        var least = weights.Entries.Min(static entry => entry.Weight);
        var scale = Math.Min(Math.Ceiling(least * minimum) / least, maximum);
        List<(ulong Hash, HostState Host)> places = [];
        var target = 0.0;
        foreach (var (host, weight) in weights.Entries)
        {
            target += scale * weight;
            for (var i = 0; places.Count < target; i++)
            {
                places.Add((XxHash64.Of(Encoding.ASCII.GetBytes($"{host.Address.Text}_{i}")), host));
            }
        }

        return [.. places.OrderBy(static place => place.Hash)];
    }

    private static HostState[] NaiveMaglev(HostWeights weights, int size)
    {
        var hosts = weights.Entries.OrderBy(static entry => entry.Host.Address.Text, StringComparer.Ordinal).ToArray();
        var wishes = hosts.Select(entry => Wishes(entry.Host.Address.Text, size)).ToArray();
        var targets = new double[hosts.Length];
        var table = new HostState?[size];
        for (var round = 1; Array.Exists(table, static slot => slot is null); round++)
        {
            for (var i = 0; i < hosts.Length && Array.Exists(table, static slot => slot is null); i++)
            {
                if (round * hosts[i].Weight >= targets[i])
                {
                    targets[i] += hosts.Max(static entry => entry.Weight);
                    table[wishes[i].First(slot => table[slot] is null)] = hosts[i].Host;
                }
            }
        }

        return table!;
    }

    private static int[] Wishes(string key, int size)
    {
        var bytes = Encoding.ASCII.GetBytes(key);
        var offset = XxHash64.Of(bytes) % (ulong)size;
        var skip = (XxHash64.Of(bytes, 1) % (ulong)(size - 1)) + 1;
        return [.. Enumerable.Range(0, size).Select(j => (int)((offset + (skip * (ulong)j)) % (ulong)size))];
    }
}
