using System.Globalization;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The shares that balancers say they give are those that they give when they choose.</summary>
public class SharesPropertyTests
{
    private const int Cases = 60;
    private const int Picks = 20_000;

    /// <summary>The 99.9 % interval of about a thousand comparisons together.</summary>
    private const double Sigmas = 5;

    private static readonly Gen<EndpointSnapshot> Host = Gen.Select(
        Gen.Int[0, 2],
        Gen.Int[0, 2],
        Gen.Int[1, 4],
        Gen.Int[0, 9],
        static (priority, zone, weight, health) =>
            new EndpointSnapshot
            {
                Address = "10.0.0.1",
                Port = 80,
                Priority = priority,
                Weight = (uint)weight,
                Locality = new LocalitySnapshot("", $"z{zone}", ""),
                LocalityWeight = (uint)(zone + 1),
                Health = health switch
                {
                    < 6 => EdsHealth.Unknown,
                    6 => EdsHealth.Degraded,
                    7 => EdsHealth.Draining,
                    _ => EdsHealth.Unhealthy,
                },
            }
    );

    private static readonly Gen<EndpointSnapshot[]> Hosts = Host.Array[1, 14]
        .Select(static hosts => hosts.Select(static (host, i) => host with { Address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}") }).ToArray());

    private static readonly BalancingPolicy[] Policies =
    [
        new RoundRobinPolicy(),
        new RandomPolicy(),
        new LeastRequestPolicy(),
        new LeastRequestPolicy(FullScan: true),
        new RingHashPolicy(64, 512),
        new MaglevPolicy(251),
        new MaglevPolicy(251, BalanceFactor: 120),
    ];

    private static readonly LocalityBalancing[] Localities =
    [
        new ZoneAwareBalancing { MinClusterSize = 1, RoutingEnabledPercent = 70 },
        new ZoneAwareBalancing { FailTrafficOnPanic = true },
        new LocalityWeightedBalancing(),
    ];

    private static readonly Gen<LoadBalancingSnapshot> Settings = Gen.Select(
        Gen.Int[0, Policies.Length - 1],
        Gen.Int[0, Localities.Length - 1],
        static (policy, localities) => new LoadBalancingSnapshot { Policy = Policies[policy], Localities = Localities[localities] }
    );

    [Fact]
    public void What_a_balancer_says_it_gives_it_gives() =>
        FixedCases.ForEach(
            Gen.Select(Hosts, Settings),
            Cases,
            static (hosts, settings) =>
            {
                var picker = Picker(hosts, settings);
                var shares = picker.Shares();
                var counts = Enumerable
                    .Range(0, Picks)
                    .Select(_ => picker.Pick()?.Address.Text ?? "")
                    .GroupBy(static name => name, StringComparer.Ordinal)
                    .ToDictionary(static group => group.Key, static group => group.Count());

                Assert.True(shares.IsExact);
                Assert.Equal(1, picker.Hosts.Sum(shares.Of) + shares.None, 9);
                foreach (var (name, share) in picker.Hosts.Select(host => (host.Address.Text, shares.Of(host))).Append(("", shares.None)))
                {
                    var spread = (Sigmas * Math.Sqrt(Picks * Math.Max(0, share * (1 - share)))) + 2;
                    Assert.InRange(counts.GetValueOrDefault(name), (Picks * share) - spread, (Picks * share) + spread);
                }
            }
        );

    /// <summary>Every second host stands for a proxy like this one, which is in zone z0.</summary>
    private static ClusterPicker Picker(EndpointSnapshot[] hosts, LoadBalancingSnapshot settings)
    {
        var proxies = Snapshots.Cluster("proxies", 0) with { Endpoints = [.. hosts.Where(static (_, i) => i % 2 == 0)] };
        var picker = new ClusterPicker(
            Snapshots.Cluster("svc", 0) with
            {
                Endpoints = [.. hosts],
                LoadBalancing = settings,
            },
            change: proxy => proxy with { Node = new NodeSnapshot("", "", "z0"), LocalCluster = "proxies", Clusters = [.. proxy.Clusters, proxies] }
        );
        picker.ApplyTo("proxies", [.. proxies.Endpoints.Select(ClusterPicker.New)]);
        return picker;
    }
}
