using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>lb_subset_config, or the policy <c>subset</c>: hosts are divided by their metadata, and a request asks for a part of them by its own.</summary>
public sealed record SubsetSnapshot
{
    /// <summary>subset_selectors with keys, in the order in which they are tried: as written, with allow_redundant_keys those with more keys first.</summary>
    public ImmutableArray<SubsetSelectorSnapshot> Selectors { get; init; } = [];

    /// <summary>fallback_policy where no subset matches and the selector says nothing. Default NO_FALLBACK.</summary>
    public SubsetFallback Fallback { get; init; } = SubsetFallback.NoFallback;

    /// <summary>default_subset: what hosts of the default subset have under <c>envoy.lb</c>; empty: every host is in it.</summary>
    public MetadataValue DefaultSubset { get; init; } = MetadataValue.EmptyStruct;

    /// <summary>metadata_fallback_policy FALLBACK_LIST: a request may bring several wishes, tried one after the other.</summary>
    public bool FallbackList { get; init; }

    /// <summary>panic_mode_any: if the fallback has no host either, any host will do.</summary>
    public bool PanicModeAny { get; init; }

    /// <summary>locality_weight_aware: localities keep their weights within a subset.</summary>
    public bool LocalityWeightAware { get; init; }

    /// <summary>scale_locality_weight: in proportion to how many of their hosts are in it.</summary>
    public bool ScaleLocalityWeight { get; init; }

    /// <summary>list_as_any: a host with a list as value is in the subset of each item.</summary>
    public bool ListAsAny { get; init; }

    /// <summary>allow_redundant_keys: a request may bring more keys than a selector has.</summary>
    public bool AllowRedundantKeys { get; init; }
}

/// <summary>One of subset_selectors: hosts with the same values for its keys are one subset.</summary>
/// <param name="Keys">keys, sorted, at least one.</param>
public sealed record SubsetSelectorSnapshot(ImmutableArray<string> Keys)
{
    /// <summary>fallback_policy for requests with these keys. Default NOT_DEFINED.</summary>
    public SubsetFallback Fallback { get; init; }

    /// <summary>fallback_keys_subset: with KEYS_SUBSET only these keys still count; some of <see cref="Keys"/>, sorted.</summary>
    public ImmutableArray<string> FallbackKeys { get; init; } = [];

    /// <summary>single_host_per_subset: only the first host of each subset counts.</summary>
    public bool SingleHostPerSubset { get; init; }
}

/// <summary>What is done when no subset matches.</summary>
public enum SubsetFallback : byte
{
    /// <summary>The cluster's own policy decides.</summary>
    NotDefined,
    NoFallback,
    AnyEndpoint,
    DefaultSubset,
    KeysSubset,
}
