using System.Globalization;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Ring and Maglev tables that Envoy publishes, and what theory says of their balance.</summary>
public class HashVectorTests
{
    private const int TableSize = 65_537;

    [Fact]
    public void A_ring_of_twelve_has_the_places_that_Envoy_gives()
    {
        (ulong Place, int Port)[] ring =
        [
            (833437586790550860, 94),
            (928266305478181108, 92),
            (1033482794131418490, 90),
            (3551244743356806947, 95),
            (3851675632748031481, 93),
            (5583722120771150861, 91),
            (6311230543546372928, 91),
            (7700377290971790572, 93),
            (13144177310400110813, 95),
            (13444792449719432967, 92),
            (15516499411664133160, 94),
            (16117243373044804889, 90),
        ];
        var table = RingTable.Build(Weights(Enumerable.Range(90, 6).Select(static port => Host("127.0.0.1", port))), new RingHashPolicy(12));

        Assert.Equal((12UL, 2UL, 2UL), table.Counts);
        for (var i = 0; i < ring.Length; i++)
        {
            Assert.Equal(ring[i].Port, table.Find(ring[i].Place, 0, 0)!.Address.Port);
            Assert.Equal(ring[(i + 1) % ring.Length].Port, table.Find(ring[i].Place + 1, 0, 0)!.Address.Port);
        }
    }

    [Theory]
    [InlineData(false, "2 4 0 1 5 0 3")]
    [InlineData(true, "2 5 0 3 4 1 0")]
    public void A_Maglev_table_of_seven_has_the_slots_that_Envoy_gives(bool byHostname, string slots)
    {
        var hosts = Weights(Enumerable.Range(90, 6).Select(static port => Host("127.0.0.1", port, $"{port}")));
        var table = MaglevTable.Build(hosts, new MaglevPolicy(7, UseHostname: byHostname));

        Assert.Equal(slots, string.Join(' ', Enumerable.Range(0, 7).Select(slot => table.Find((ulong)slot, 0, 0)!.Address.Port - 90)));
    }

    /// <summary>The relative deviation of a host's share is the root of (n − 1) / (n v + 1) for n hosts with v places each.</summary>
    [Theory]
    [InlineData(10, 103, 0.0934)]
    [InlineData(100, 11, 0.2999)]
    [InlineData(100, 82, 0.1099)]
    public void The_shares_of_a_ring_differ_as_much_as_theory_says(int hosts, int places, double deviation)
    {
        Assert.Equal(deviation, Math.Sqrt((hosts - 1) / ((hosts * (double)places) + 1)), 4);
        var squares = Enumerable
            .Range(0, 100)
            .SelectMany(set =>
            {
                var weights = Weights(Enumerable.Range(0, hosts).Select(i => Host($"10.{set}.{i / 250}.{i % 250}", 80)));
                var shares = Shares(RingTable.Build(weights, new RingHashPolicy((ulong)(hosts * places), (ulong)(hosts * places))), weights);
                return shares.Values.Select(share => Math.Pow((share * hosts) - 1, 2));
            })
            .ToArray();

        // The root of a mean of squares of normal numbers deviates by half the root of 2 / count; twice that, as shares are not quite normal.
        var measured = Math.Sqrt(squares.Average());
        var slack = 3.29 * Math.Sqrt(2.0 / squares.Length);
        Assert.InRange(measured / deviation, 1 - slack, 1 + slack);
    }

    /// <summary>The largest share by the average one.</summary>
    [Theory]
    [InlineData(10, 1.0000)]
    [InlineData(100, 1.0010)]
    [InlineData(1000, 1.0071)]
    public void A_Maglev_table_is_nearly_even(int hosts, double ratio)
    {
        var table = MaglevTable.Build(Many(hosts), new MaglevPolicy());

        Assert.Equal(ratio, table.Counts.Max / ((double)TableSize / hosts), 4);
    }

    /// <summary>Besides what the host that goes had, some slots change hands between others: .212, .606 and .581 % were measured once.</summary>
    [Theory]
    [InlineData(10, 0.00212)]
    [InlineData(100, 0.00606)]
    [InlineData(1000, 0.00581)]
    public void When_a_host_goes_few_other_slots_of_a_Maglev_table_move(int hosts, double once)
    {
        var all = Enumerable.Range(0, hosts).Select(static i => Host($"10.0.{i / 250}.{i % 250}", 80)).ToArray();
        var before = MaglevTable.Build(Weights(all), new MaglevPolicy());
        List<double> moved = [];
        for (var gone = 0; gone < 10; gone++)
        {
            var host = all[gone * hosts / 10];
            var after = MaglevTable.Build(Weights(all.Where(other => other != host)), new MaglevPolicy());
            moved.Add(
                Enumerable
                    .Range(0, TableSize)
                    .Count(slot => before.Find((ulong)slot, 0, 0) is { } owner && owner != host && owner != after.Find((ulong)slot, 0, 0)) / (double)TableSize
            );
        }

        var mean = moved.Average();
        var half = 4.781 * Math.Sqrt(moved.Sum(value => Math.Pow(value - mean, 2)) / 9 / 10);
        Assert.InRange(once, Math.Max(0, mean - half - (once / 2)), mean + half + (once / 2));
        Assert.InRange(mean, 0, 0.01);
    }

    private static HostState Host(string ip, int port, string hostname = "") =>
        new(new HostSnapshot { Address = new NetworkAddress(ip, port), Hostname = hostname });

    private static HostWeights Many(int count) =>
        Weights(Enumerable.Range(0, count).Select(static i => Host(string.Create(CultureInfo.InvariantCulture, $"10.0.{i / 250}.{i % 250}"), 80)));

    private static HostWeights Weights(IEnumerable<HostState> hosts) =>
        HostWeights.Of(HostSet.BuildAll(new ClusterMembership("c", [.. hosts]), LocalitySnapshot.None)[0], panic: false, byLocality: false);

    private static Dictionary<HostState, double> Shares(HashTable table, HostWeights weights)
    {
        var shares = new BalanceShares();
        table.AddShares(1, shares);
        return weights.Entries.ToDictionary(static entry => entry.Host, entry => shares.Of(entry.Host));
    }
}
