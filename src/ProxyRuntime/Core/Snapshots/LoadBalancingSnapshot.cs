using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a cluster chooses its hosts: lb_policy or load_balancing_policy, common_lb_config, and what its load_assignment says of it.</summary>
public sealed record LoadBalancingSnapshot
{
    public const uint DefaultHealthyPanicThreshold = 50;
    public static readonly ImmutableArray<EdsHealth> DefaultOverrideHostStatuses = [EdsHealth.Unknown, EdsHealth.Healthy, EdsHealth.Degraded];

    public static readonly LoadBalancingSnapshot Default = new();

    public BalancingPolicy Policy { get; init; } = new RoundRobinPolicy();

    /// <summary>lb_subset_config: <see cref="Policy"/> chooses within a part of the hosts; null for none.</summary>
    public SubsetSnapshot? Subsets { get; init; }

    /// <summary>override_host_sources of the policy <c>override_host</c>: requests bring their hosts; the rest is how they fall back. Empty: not that policy.</summary>
    public ImmutableArray<OverrideHostSource> OverrideHostSources { get; init; } = [];

    /// <summary>override_host_status: hosts in which health a filter may choose. Default UNKNOWN, HEALTHY, DEGRADED.</summary>
    public ImmutableArray<EdsHealth> OverrideHostStatuses { get; init; } = DefaultOverrideHostStatuses;

    /// <summary>healthy_panic_threshold in whole percent, 0 to 100, default 50; runtime upstream.healthy_panic_threshold comes first.</summary>
    public uint HealthyPanicThreshold { get; init; } = DefaultHealthyPanicThreshold;

    /// <summary>What is decided about localities before a host is chosen.</summary>
    public LocalityBalancing Localities { get; init; } = new ZoneAwareBalancing();
}

/// <summary>The policy that chooses one host of many.</summary>
public abstract record BalancingPolicy
{
    /// <summary>The name that lb_policy has for it.</summary>
    public abstract string Name { get; }
}

/// <summary>ROUND_ROBIN.</summary>
public sealed record RoundRobinPolicy(SlowStartSnapshot? SlowStart = null) : BalancingPolicy
{
    public override string Name => "ROUND_ROBIN";
}

/// <summary>CLUSTER_PROVIDED: the type of the cluster decides.</summary>
public sealed record ClusterProvidedPolicy : BalancingPolicy
{
    public override string Name => "CLUSTER_PROVIDED";
}

/// <summary>RANDOM.</summary>
public sealed record RandomPolicy : BalancingPolicy
{
    public override string Name => "RANDOM";
}

/// <summary>LEAST_REQUEST.</summary>
/// <param name="ChoiceCount">choice_count: how many hosts are drawn, at least 2, default 2.</param>
/// <param name="FullScan">selection_method FULL_SCAN: all hosts are compared instead.</param>
/// <param name="ActiveRequestBias">active_request_bias, default 1; 0 is weighted round robin.</param>
public sealed record LeastRequestPolicy(uint ChoiceCount = 2, bool FullScan = false, double ActiveRequestBias = 1, SlowStartSnapshot? SlowStart = null)
    : BalancingPolicy
{
    public override string Name => "LEAST_REQUEST";
}

/// <summary>A policy that gives the same host to the same hash.</summary>
/// <param name="UseHostname">use_hostname_for_hashing: hosts are known by name, not by address.</param>
/// <param name="BalanceFactor">hash_balance_factor in percent, at least 100; 0 for no bound.</param>
public abstract record HashPolicySnapshot(bool UseHostname, uint BalanceFactor) : BalancingPolicy;

/// <summary>RING_HASH.</summary>
/// <param name="MinimumSize">minimum_ring_size, default 1024, at most 8 Mi.</param>
/// <param name="MaximumSize">maximum_ring_size, default and at most 8 Mi.</param>
/// <param name="Murmur">hash_function MURMUR_HASH_2 instead of XX_HASH.</param>
public sealed record RingHashPolicy(
    ulong MinimumSize = RingHashPolicy.DefaultMinimumSize,
    ulong MaximumSize = RingHashPolicy.LargestSize,
    bool Murmur = false,
    bool UseHostname = false,
    uint BalanceFactor = 0
) : HashPolicySnapshot(UseHostname, BalanceFactor)
{
    public const ulong DefaultMinimumSize = 1024;
    public const ulong LargestSize = 8 * 1024 * 1024;

    public override string Name => "RING_HASH";
}

/// <summary>MAGLEV.</summary>
/// <param name="TableSize">table_size, a prime, default 65,537.</param>
public sealed record MaglevPolicy(ulong TableSize = MaglevPolicy.DefaultTableSize, bool UseHostname = false, uint BalanceFactor = 0)
    : HashPolicySnapshot(UseHostname, BalanceFactor)
{
    public const ulong DefaultTableSize = 65_537;
    public const ulong LargestTableSize = 5_000_011;

    public override string Name => "MAGLEV";
}

/// <summary>OverrideHostSource: where a request names its hosts, as <c>10.0.0.1:80,10.0.0.2:80</c>.</summary>
/// <param name="Header">header: its first line; null for metadata.</param>
/// <param name="MetadataKey">metadata.key.</param>
/// <param name="MetadataPath">metadata.path, to a text.</param>
public sealed record OverrideHostSource(HeaderName? Header, string MetadataKey, ImmutableArray<string> MetadataPath);

/// <summary>slow_start_config: a host that has become healthy gets its share little by little.</summary>
/// <param name="WindowNs">slow_start_window in nanoseconds, above 0.</param>
/// <param name="Aggression">aggression, above 0, default 1: linear.</param>
/// <param name="MinWeight">min_weight_percent as a fraction, default 0.1.</param>
public sealed record SlowStartSnapshot(long WindowNs, double Aggression = 1, double MinWeight = 0.1);

/// <summary>What is decided about localities.</summary>
public abstract record LocalityBalancing;

/// <summary>locality_weighted_lb_config: by the weights of the localities.</summary>
public sealed record LocalityWeightedBalancing : LocalityBalancing;

/// <summary>zone_aware_lb_config: as much as possible stays in the proxy's own zone. Acts where local_cluster_name is set.</summary>
public sealed record ZoneAwareBalancing : LocalityBalancing
{
    /// <summary>routing_enabled in whole percent, default 100.</summary>
    public uint RoutingEnabledPercent { get; init; } = 100;

    /// <summary>min_cluster_size: fewer healthy hosts are not worth it. Default 6.</summary>
    public ulong MinClusterSize { get; init; } = 6;

    /// <summary>fail_traffic_on_panic.</summary>
    public bool FailTrafficOnPanic { get; init; }

    /// <summary>force_local_zone.min_size: with so many healthy hosts all stays in the zone; null: not forced.</summary>
    public uint? ForceLocalZoneMinSize { get; init; }

    /// <summary>locality_basis HEALTHY_HOSTS_WEIGHT: zones are measured by the weights of their hosts.</summary>
    public bool ByWeight { get; init; }
}
