using Envoy.Config.Cluster.V3;
using Envoy.Extensions.LoadBalancingPolicies.Common.V3;
using Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Envoy.Extensions.LoadBalancingPolicies.Maglev.V3;
using Envoy.Extensions.LoadBalancingPolicies.RingHash.V3;
using Envoy.Extensions.LoadBalancingPolicies.RoundRobin.V3;
using Envoy.Extensions.LoadBalancingPolicies.Subset.V3;
using Envoy.Extensions.LoadBalancingPolicies.WrrLocality.V3;
using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;
using Legacy = Envoy.Config.Cluster.V3.Cluster.Types;
using OverrideHost = Envoy.Extensions.LoadBalancingPolicies.OverrideHost.V3.OverrideHost;
using OverrideHostSource = MeshSim.ProxyRuntime.Core.OverrideHostSource;
using Random = Envoy.Extensions.LoadBalancingPolicies.Random.V3.Random;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>How a cluster chooses its hosts: the fields of the cluster itself, or the first policy of load_balancing_policy that is known.</summary>
internal sealed class LoadBalancingBuilder(BuildContext context)
{
    private const string PolicyTypes = "envoy.extensions.load_balancing_policies.";

    private static readonly string Accepted = string.Join(
        ", ",
        RoundRobin.Descriptor.FullName,
        Random.Descriptor.FullName,
        LeastRequest.Descriptor.FullName,
        RingHash.Descriptor.FullName,
        Maglev.Descriptor.FullName,
        WrrLocality.Descriptor.FullName,
        Subset.Descriptor.FullName,
        OverrideHost.Descriptor.FullName
    );

    public LoadBalancingSnapshot Build(Cluster cluster)
    {
        var chosen = cluster.LoadBalancingPolicy is { } policies ? OfExtension(cluster, policies) : OfCluster(cluster);
        return chosen with
        {
            // Envoy's own arithmetic, which cuts 29 % to 28.
            HealthyPanicThreshold = cluster.CommonLbConfig?.HealthyPanicThreshold is { } percent
                ? (uint)(100 * (percent.Value / 100.0))
                : LoadBalancingSnapshot.DefaultHealthyPanicThreshold,
            OverrideHostStatuses = cluster.CommonLbConfig?.OverrideHostStatus is { } status
                ? [.. status.Statuses.Select(static health => (EdsHealth)(int)health)]
                : LoadBalancingSnapshot.DefaultOverrideHostStatuses,
        };
    }

    // The fields of a cluster.

    private LoadBalancingSnapshot OfCluster(Cluster cluster)
    {
        var common = cluster.CommonLbConfig;
        return new LoadBalancingSnapshot
        {
            Policy = PolicyOfCluster(cluster),
            Localities = Localities(common),
            Subsets = SubsetBuilder.Build(cluster.LbSubsetConfig),
        };
    }

    private BalancingPolicy PolicyOfCluster(Cluster cluster)
    {
        var hashing = cluster.CommonLbConfig?.ConsistentHashingLbConfig;
        switch (cluster.LbPolicy)
        {
            case Legacy.LbPolicy.RoundRobin:
                return new RoundRobinPolicy(SlowStart(cluster.RoundRobinLbConfig?.SlowStartConfig));
            case Legacy.LbPolicy.Random:
                return new RandomPolicy();
            case Legacy.LbPolicy.LeastRequest:
                var least = cluster.LeastRequestLbConfig;
                return new LeastRequestPolicy(least?.ChoiceCount ?? 2, FullScan: false, Bias(least?.ActiveRequestBias), SlowStart(least?.SlowStartConfig));
            case Legacy.LbPolicy.RingHash:
                var ring = cluster.RingHashLbConfig;
                return new RingHashPolicy(
                    ring?.MinimumRingSize ?? RingHashPolicy.DefaultMinimumSize,
                    ring?.MaximumRingSize ?? RingHashPolicy.LargestSize,
                    ring?.HashFunction == Legacy.RingHashLbConfig.Types.HashFunction.MurmurHash2,
                    hashing?.UseHostnameForHashing ?? false,
                    hashing?.HashBalanceFactor ?? 0
                );
            case Legacy.LbPolicy.Maglev:
                return new MaglevPolicy(
                    cluster.MaglevLbConfig?.TableSize ?? MaglevPolicy.DefaultTableSize,
                    hashing?.UseHostnameForHashing ?? false,
                    hashing?.HashBalanceFactor ?? 0
                );
            case Legacy.LbPolicy.ClusterProvided when cluster.Type == Legacy.DiscoveryType.OriginalDst:
                return new ClusterProvidedPolicy();
            default:
                context.NotSupported(cluster, "lb_policy", "ROUND_ROBIN, RANDOM, LEAST_REQUEST, RING_HASH, MAGLEV");
                return new RoundRobinPolicy();
        }
    }

    private static LocalityBalancing Localities(Legacy.CommonLbConfig? common) =>
        common?.LocalityWeightedLbConfig is not null ? new LocalityWeightedBalancing()
        : common?.ZoneAwareLbConfig is not { } zone ? new ZoneAwareBalancing()
        : new ZoneAwareBalancing
        {
            RoutingEnabledPercent = Percent(zone.RoutingEnabled, 100),
            MinClusterSize = zone.MinClusterSize ?? 6,
            FailTrafficOnPanic = zone.FailTrafficOnPanic,
        };

    private static SlowStartSnapshot? SlowStart(Legacy.SlowStartConfig? settings) =>
        settings?.SlowStartWindow is null
            ? null
            : new SlowStartSnapshot(
                BuildContext.MillisecondsNs(settings.SlowStartWindow, 0),
                settings.Aggression?.DefaultValue ?? 1,
                (settings.MinWeightPercent?.Value ?? 10) / 100
            );

    // Extensions.

    /// <summary>The first policy of the list that Envoy knows is taken.</summary>
    private LoadBalancingSnapshot OfExtension(Cluster cluster, LoadBalancingPolicy policies)
    {
        foreach (var extension in policies.Policies.Select(static policy => policy.TypedExtensionConfig).OfType<Envoy.Config.Core.V3.TypedExtensionConfig>())
        {
            var type = ConfigTypes.NameOf(extension.TypedConfig?.TypeUrl ?? "");
            if (!type.StartsWith(PolicyTypes, StringComparison.Ordinal) || (ConfigTypes.Find(type) is null && !ConfigTypes.IsKnownToEnvoy(type)))
            {
                continue;
            }

            if (context.Map.Content(extension.TypedConfig!) is { } message && OfMessage(cluster, message) is { } built)
            {
                return built;
            }

            context.Map.Unsupported(extension, "typed_config", $"'{extension.Name}' ({type}) is not supported yet; accepted: {Accepted}");
            return LoadBalancingSnapshot.Default;
        }

        var names = string.Join(", ", policies.Policies.Select(static policy => policy.TypedExtensionConfig?.Name));
        context.Map.Problem(
            cluster,
            "load_balancing_policy",
            $"cluster: didn't find a registered load balancer factory implementation for cluster: '{cluster.Name}' with names from [{names}]; accepted: {Accepted}"
        );
        return LoadBalancingSnapshot.Default;
    }

    private LoadBalancingSnapshot? OfMessage(Cluster cluster, IMessage message) =>
        message switch
        {
            RoundRobin policy => Of(new RoundRobinPolicy(SlowStart(policy.SlowStartConfig)), Localities(policy.LocalityLbConfig)),
            Random policy => Of(new RandomPolicy(), Localities(policy.LocalityLbConfig)),
            LeastRequest policy => Of(Build(policy), Localities(policy.LocalityLbConfig)),
            RingHash policy => Of(Build(policy), HashLocalities(policy.LocalityWeightedLbConfig)),
            Maglev policy => Of(Build(policy), HashLocalities(policy.LocalityWeightedLbConfig)),
            WrrLocality { EndpointPickingPolicy: { } inner } => OfExtension(cluster, inner) with { Localities = new LocalityWeightedBalancing() },
            Subset { SubsetLbPolicy: { } inner } policy => Build(cluster, policy, inner),
            OverrideHost { FallbackPolicy: { } inner } policy => Build(cluster, policy, inner),
            _ => null,
        };

    private LoadBalancingSnapshot Build(Cluster cluster, Subset policy, LoadBalancingPolicy inner)
    {
        var within = OfExtension(cluster, inner);
        if (within.Subsets is not null || !within.OverrideHostSources.IsEmpty)
        {
            context.Map.Unsupported(policy, "subset_lb_policy", "subsets and override_host within subsets are not supported yet; accepted: the other policies");
        }

        return within with
        {
            Subsets = SubsetBuilder.Build(policy),
        };
    }

    private LoadBalancingSnapshot Build(Cluster cluster, OverrideHost policy, LoadBalancingPolicy inner)
    {
        var fallback = OfExtension(cluster, inner);
        if (!fallback.OverrideHostSources.IsEmpty)
        {
            context.Map.Unsupported(policy, "fallback_policy", "override_host within override_host is not supported yet; accepted: the other policies");
        }

        return fallback with
        {
            OverrideHostSources = [.. policy.OverrideHostSources.Select(Build)],
        };
    }

    private static OverrideHostSource Build(OverrideHost.Types.OverrideHostSource source) =>
        new(
            source.Header.Length > 0 ? HeaderName.Of(source.Header) : null,
            source.Metadata?.Key ?? "",
            [.. source.Metadata?.Path.Select(static segment => segment.Key) ?? []]
        );

    private static LoadBalancingSnapshot Of(BalancingPolicy policy, LocalityBalancing localities) => new() { Policy = policy, Localities = localities };

    private static LeastRequestPolicy Build(LeastRequest policy) =>
        new(
            policy.ChoiceCount ?? 2,
            policy.EnableFullScan ?? policy.SelectionMethod == LeastRequest.Types.SelectionMethod.FullScan,
            Bias(policy.ActiveRequestBias),
            SlowStart(policy.SlowStartConfig)
        );

    private RingHashPolicy Build(RingHash policy)
    {
        var hashing = policy.ConsistentHashingLbConfig;
        CheckHashPolicies(hashing);
        return new RingHashPolicy(
            policy.MinimumRingSize ?? RingHashPolicy.DefaultMinimumSize,
            policy.MaximumRingSize ?? RingHashPolicy.LargestSize,
            policy.HashFunction == RingHash.Types.HashFunction.MurmurHash2,
            hashing?.UseHostnameForHashing ?? policy.UseHostnameForHashing,
            (hashing is null ? policy.HashBalanceFactor : hashing.HashBalanceFactor) ?? 0
        );
    }

    private MaglevPolicy Build(Maglev policy)
    {
        var hashing = policy.ConsistentHashingLbConfig;
        CheckHashPolicies(hashing);
        return new MaglevPolicy(policy.TableSize ?? MaglevPolicy.DefaultTableSize, hashing?.UseHostnameForHashing ?? false, hashing?.HashBalanceFactor ?? 0);
    }

    private void CheckHashPolicies(ConsistentHashingLbConfig? hashing)
    {
        if (hashing is not null)
        {
            context.NotSupported(hashing, ["hash_policy"], "the hash_policy of routes");
        }
    }

    private static LocalityBalancing HashLocalities(IMessage? weighted) => weighted is null ? new ZoneAwareBalancing() : new LocalityWeightedBalancing();

    private static LocalityBalancing Localities(LocalityLbConfig? settings) =>
        settings?.LocalityWeightedLbConfig is not null ? new LocalityWeightedBalancing()
        : settings?.ZoneAwareLbConfig is not { } zone ? new ZoneAwareBalancing()
        : new ZoneAwareBalancing
        {
            RoutingEnabledPercent = Percent(zone.RoutingEnabled, 100),
            MinClusterSize = zone.MinClusterSize ?? 6,
            FailTrafficOnPanic = zone.FailTrafficOnPanic,
            ForceLocalZoneMinSize =
                zone.ForceLocalZone is { } force ? force.MinSize ?? 1
                : zone.ForceLocalityDirectRouting ? 1
                : null,
            ByWeight = zone.LocalityBasis == LocalityLbConfig.Types.ZoneAwareLbConfig.Types.LocalityBasis.HealthyHostsWeight,
        };

    private static SlowStartSnapshot? SlowStart(SlowStartConfig? settings) =>
        settings?.SlowStartWindow is null
            ? null
            : new SlowStartSnapshot(
                BuildContext.MillisecondsNs(settings.SlowStartWindow, 0),
                settings.Aggression?.DefaultValue ?? 1,
                (settings.MinWeightPercent?.Value ?? 10) / 100
            );

    /// <summary>active_request_bias; what is no number, or negative, counts as 1.</summary>
    private static double Bias(Envoy.Config.Core.V3.RuntimeDouble? bias) =>
        bias?.DefaultValue is null ? 1
        : bias.DefaultValue is >= 0 and var value ? value
        : 1;

    private static uint Percent(Envoy.Type.V3.Percent? percent, uint fallback) => percent is null ? fallback : (uint)(100 * (percent.Value / 100.0));
}
