using System.Collections.Immutable;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Whatever the selectors, the fallbacks, the hosts and their changes: requests get the hosts that the <see cref="SubsetModel"/> allows, each of them in its turn.</summary>
public class SubsetPropertyTests
{
    private static readonly string[] Keys = ["a", "b", "c"];

    private static readonly Gen<ImmutableArray<string>> SomeKeys = Gen.Int[1, 7]
        .Select(static bits => Keys.Where((_, i) => (bits & (1 << i)) != 0).ToImmutableArray());

    private static readonly Gen<SubsetSelectorSnapshot> Selectors = Gen.Select(
        SomeKeys,
        Gen.Int[0, 4],
        Gen.Bool,
        static (keys, fallback, single) =>
            (SubsetFallback)fallback == SubsetFallback.KeysSubset && keys.Length == 1
                ? new SubsetSelectorSnapshot(keys)
                : new SubsetSelectorSnapshot(keys)
                {
                    Fallback = (SubsetFallback)fallback,
                    FallbackKeys = (SubsetFallback)fallback == SubsetFallback.KeysSubset ? keys[1..] : [],
                    SingleHostPerSubset = single,
                }
    );

    private static readonly Gen<Dictionary<string, string>> Fields = Gen.Int[-1, 2]
        .Array[3]
        .Select(static values =>
            Keys.Zip(values).Where(static pair => pair.Second >= 0).ToDictionary(static pair => pair.First, static pair => $"{pair.Second}")
        );

    private static readonly Gen<SubsetSnapshot> Settings = Gen.Select(
        Selectors.Array[0, 4],
        Gen.Int[1, 3],
        Fields,
        Gen.Bool,
        Gen.Bool,
        static (selectors, fallback, standard, panic, redundant) =>
            new SubsetSnapshot
            {
                Selectors = [.. selectors.OrderByDescending(selector => redundant ? selector.Keys.Length : 0)],
                Fallback = (SubsetFallback)fallback,
                DefaultSubset = Value(standard),
                PanicModeAny = panic,
                AllowRedundantKeys = redundant,
            }
    );

    private static readonly Gen<(Dictionary<string, string> Fields, bool Healthy)[]> Hosts = Gen.Select(Fields, Gen.Double[0, 1])
        .Select(static host => (host.Item1, host.Item2 < 0.8))
        .Array[0, 9];

    [Fact]
    public void Requests_get_the_hosts_that_a_naive_model_allows() =>
        FixedCases.ForEach(
            Gen.Select(Settings, Gen.Select(Hosts.Array[1, 3], Fields.Array[4])),
            1_500,
            static (settings, rest) =>
            {
                var (changes, asked) = rest;
                var picker = new ClusterPicker(Snapshots.Cluster("svc", 0) with { LoadBalancing = new LoadBalancingSnapshot { Subsets = settings } });
                foreach (var change in changes)
                {
                    var hosts = change.Select(static (host, i) => ClusterPicker.New(Endpoint(host.Fields, host.Healthy, i))).ToImmutableArray();
                    picker.Apply(hosts);

                    Assert.Equal(Combinations(settings, hosts), picker.Sheet.Value("cluster.svc.lb_subsets_active"));
                    foreach (var request in asked)
                    {
                        var allowed = SubsetModel.Allowed(settings, [.. hosts.Select(static host => host.Snapshot)], request);
                        var picked = Enumerable.Range(0, Math.Max(1, allowed.Length)).Select(_ => picker.Pick(Value(request))?.Snapshot).OfType<HostSnapshot>();

                        Assert.Equal(allowed.Select(static host => host.Address.Port).Order(), picked.Select(static host => host.Address.Port).Order());
                    }
                }

                Assert.Equal(
                    picker.Sheet.Value("cluster.svc.lb_subsets_active"),
                    picker.Sheet.Value("cluster.svc.lb_subsets_created") - picker.Sheet.Value("cluster.svc.lb_subsets_removed")
                );
            }
        );

    /// <summary>So many different values the hosts have for keys of selectors.</summary>
    private static int Combinations(SubsetSnapshot settings, IEnumerable<HostState> hosts) =>
        hosts
            .Select(static host => host.Snapshot.Metadata.Get("envoy.lb")!)
            .SelectMany(metadata =>
                settings.Selectors.Where(selector => selector.Keys.All(key => metadata.Field(key) is not null)).Select(selector => (metadata, selector))
            )
            .Select(static pair => string.Join(' ', pair.selector.Keys.Select(key => $"{key}={pair.metadata.Field(key)}")))
            .Distinct(StringComparer.Ordinal)
            .Count();

    private static EndpointSnapshot Endpoint(Dictionary<string, string> fields, bool healthy, int place) =>
        new()
        {
            Address = "10.0.0.1",
            Port = 80 + place,
            Health = healthy ? EdsHealth.Unknown : EdsHealth.Unhealthy,
            Metadata = new MetadataMap([KeyValuePair.Create("envoy.lb", Value(fields))]),
        };

    private static MetadataValue Value(Dictionary<string, string> fields) =>
        MetadataValue.Of(fields.Select(static field => KeyValuePair.Create(field.Key, MetadataValue.Of(field.Value))));
}
