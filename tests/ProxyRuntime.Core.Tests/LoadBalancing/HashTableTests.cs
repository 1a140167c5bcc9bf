using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Which of five hosts a real Envoy 1.40 gave to the keys user-0, user-1 and so on; a to e are 127.0.0.1:21001 to 21005.</summary>
public class HashTableTests
{
    [Theory]
    [InlineData(1024UL, RingHashPolicy.LargestSize, false, "edebcacbdeeaebaaabcdeadaccedbaadcbcdcacddbaaaedbaeeecabeedab")]
    [InlineData(64UL, 256UL, true, "dbbbdbcdccdbddbdbcbcbadbdcaecacaeaeddcbddadddacdecebebaeaeed")]
    public void A_ring_gives_the_keys_that_Envoy_gives(ulong minimum, ulong maximum, bool murmur, string owners) =>
        Assert.Equal(owners, Owners(RingTable.Build(Equal(5), new RingHashPolicy(minimum, maximum, murmur)), owners.Length));

    [Theory]
    [InlineData(MaglevPolicy.DefaultTableSize, "badddebbdeccceebdacaedeedbbabedbdcbedcedbabeaccdbdcecebceccd")]
    [InlineData(251UL, "ccaacdaeecccaaaaedcceabbccbdbbcedaeabecbbdbaeaccccbcbbccabbc")]
    public void A_Maglev_table_gives_the_keys_that_Envoy_gives(ulong size, string owners) =>
        Assert.Equal(owners, Owners(MaglevTable.Build(Equal(5), new MaglevPolicy(size)), owners.Length));

    [Theory]
    [InlineData("", 6142509188972423790UL)]
    public void Murmur_hash_is_that_of_the_C_library(string text, ulong hash) => Assert.Equal(hash, MurmurHash2.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void The_twister_is_mt19937()
    {
        var twister = new MersenneTwister(5489);
        Assert.Equal(3499211612u, twister.Next());
        for (var i = 2; i < 10_000; i++)
        {
            _ = twister.Next();
        }

        Assert.Equal(4123659995u, twister.Next());
    }

    /// <summary>Four hosts in a ring of six have one and a half places each: two, one, two, one.</summary>
    [Fact]
    public void A_ring_that_is_too_small_gives_hosts_one_place_more_or_less()
    {
        var ring = RingTable.Build(Equal(4), new RingHashPolicy(1, 6));
        Assert.Equal((4UL, 1UL, 1UL), ring.Counts);

        ring = RingTable.Build(Equal(4), new RingHashPolicy(6, 6));
        Assert.Equal((6UL, 1UL, 2UL), ring.Counts);
    }

    [Fact]
    public void A_ring_has_by_default_a_whole_number_of_places_for_the_lightest_host_and_at_least_1024()
    {
        Assert.Equal((1025UL, 205UL, 205UL), RingTable.Build(Equal(5), new RingHashPolicy()).Counts);
        Assert.Equal((1024UL, 256UL, 768UL), RingTable.Build(Weights(1, 3), new RingHashPolicy()).Counts);
    }

    [Fact]
    public void A_Maglev_table_has_as_many_slots_for_a_host_as_it_weighs()
    {
        Assert.Equal((13_107UL, 13_108UL), MaglevTable.Build(Equal(5), new MaglevPolicy()).Counts);
        var (min, max) = MaglevTable.Build(Weights(1, 3), new MaglevPolicy()).Counts;
        Assert.InRange(min, 16_384UL, 16_385UL);
        Assert.InRange(max, 49_152UL, 49_153UL);
    }

    [Fact]
    public void Empty_tables_have_no_host()
    {
        Assert.Null(RingTable.Build(Equal(0), new RingHashPolicy()).Find(1, 0, 0));
        Assert.Null(MaglevTable.Build(Equal(0), new MaglevPolicy()).Find(1, 0, 0));
    }

    [Fact]
    public void A_further_draw_of_a_ring_is_the_next_place()
    {
        var ring = RingTable.Build(Equal(3), new RingHashPolicy(1, 3));
        var around = Enumerable.Range(0, 4).Select(draw => ring.Find(7, draw, 0)).ToArray();

        Assert.Equal(3, around.Take(3).Distinct().Count());
        Assert.Same(around[0], around[3]);
    }

    [Fact]
    public void Hosts_are_known_by_address_by_name_or_by_a_key_of_their_metadata()
    {
        var metadata = new MetadataMap([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("hash_key", MetadataValue.Of("k"))]))]);
        var plain = new HostSnapshot { Address = new NetworkAddress("10.0.0.1", 80), Hostname = "name" };

        Assert.Equal("10.0.0.1:80", HashTable.Key(new HostState(plain), useHostname: false));
        Assert.Equal("name", HashTable.Key(new HostState(plain), useHostname: true));
        Assert.Equal("k", HashTable.Key(new HostState(plain with { Metadata = metadata }), useHostname: true));
        Assert.Equal("[::1]:80", HashTable.Key(new HostState(plain with { Address = new NetworkAddress("::1", 80) }), useHostname: false));
    }

    [Fact]
    public void With_a_bound_an_overloaded_host_is_passed_over_the_same_way_each_time()
    {
        var weights = Equal(4);
        var table = new BoundedLoad(MaglevTable.Build(weights, new MaglevPolicy(251)), weights, 100);
        var first = table.Find(42, 0, active: 0)!;
        Assert.Same(first, table.Find(42, 0, active: 0));

        // Two of eight slots at 100 %: with three requests under way it has too many.
        first.Stats.RequestStarted();
        first.Stats.RequestStarted();
        Assert.Same(first, table.Find(42, 0, active: 7));
        first.Stats.RequestStarted();
        var other = table.Find(42, 0, active: 7);

        Assert.NotSame(first, other);
        Assert.Same(other, table.Find(42, 0, active: 7));
    }

    [Fact]
    public void If_all_are_overloaded_the_least_overloaded_serves()
    {
        var weights = Equal(3);
        var table = new BoundedLoad(MaglevTable.Build(weights, new MaglevPolicy(251)), weights, 100);
        for (var i = 0; i < 3; i++)
        {
            for (var requests = 0; requests < 5 - i; requests++)
            {
                weights.Entries[i].Host.Stats.RequestStarted();
            }
        }

        Assert.Same(weights.Entries[2].Host, table.Find(42, 0, active: 2));
    }

    private static string Owners(HashTable table, int keys) =>
        string.Concat(
            Enumerable.Range(0, keys).Select(i => (char)('a' + table.Find(XxHash64.Of(Encoding.ASCII.GetBytes($"user-{i}")), 0, 0)!.Address.Port - 21001))
        );

    private static HostWeights Equal(int count) => Weights([.. Enumerable.Repeat(1u, count)]);

    private static HostWeights Weights(params uint[] weights) =>
        HostWeights.Of(
            HostSet.BuildAll(
                new ClusterMembership(
                    "c",
                    [
                        .. weights.Select(
                            static (weight, i) => new HostState(new HostSnapshot { Address = new NetworkAddress("127.0.0.1", 21001 + i), Weight = weight })
                        ),
                    ]
                ),
                LocalitySnapshot.None
            )[0],
            panic: false,
            byLocality: false
        );
}
