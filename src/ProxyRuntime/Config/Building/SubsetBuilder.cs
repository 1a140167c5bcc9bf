using System.Collections.Immutable;
using Envoy.Extensions.LoadBalancingPolicies.Subset.V3;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using Legacy = Envoy.Config.Cluster.V3.Cluster.Types.LbSubsetConfig;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Subsets, in their old form inside a cluster and as extension.</summary>
internal static class SubsetBuilder
{
    /// <summary>Null where there are no selectors: then Envoy makes no subsets, whatever else is set.</summary>
    public static SubsetSnapshot? Build(Legacy? settings) =>
        settings is null || settings.SubsetSelectors.Count == 0
            ? null
            : new SubsetSnapshot
            {
                Selectors = [.. settings.SubsetSelectors.Select(Selector).Where(static selector => !selector.Keys.IsEmpty)],
                Fallback = OfCluster((int)settings.FallbackPolicy),
                DefaultSubset = Fields(settings.DefaultSubset),
                FallbackList = settings.MetadataFallbackPolicy == Legacy.Types.LbSubsetMetadataFallbackPolicy.FallbackList,
                PanicModeAny = settings.PanicModeAny,
                LocalityWeightAware = settings.LocalityWeightAware,
                ScaleLocalityWeight = settings.ScaleLocalityWeight,
                ListAsAny = settings.ListAsAny,
            };

    public static SubsetSnapshot Build(Subset settings)
    {
        var selectors = settings.SubsetSelectors.Select(Selector).Where(static selector => !selector.Keys.IsEmpty);
        return new SubsetSnapshot
        {
            Selectors = [.. settings.AllowRedundantKeys ? selectors.OrderByDescending(static selector => selector.Keys.Length) : selectors],
            Fallback = OfCluster((int)settings.FallbackPolicy),
            DefaultSubset = Fields(settings.DefaultSubset),
            FallbackList = settings.MetadataFallbackPolicy == Subset.Types.LbSubsetMetadataFallbackPolicy.FallbackList,
            PanicModeAny = settings.PanicModeAny,
            LocalityWeightAware = settings.LocalityWeightAware,
            ScaleLocalityWeight = settings.ScaleLocalityWeight,
            ListAsAny = settings.ListAsAny,
            AllowRedundantKeys = settings.AllowRedundantKeys,
        };
    }

    private static SubsetSelectorSnapshot Selector(Legacy.Types.LbSubsetSelector selector) =>
        new(Keys(selector.Keys))
        {
            Fallback = (SubsetFallback)(int)selector.FallbackPolicy,
            FallbackKeys = Keys(selector.FallbackKeysSubset),
            SingleHostPerSubset = selector.SingleHostPerSubset,
        };

    private static SubsetSelectorSnapshot Selector(Subset.Types.LbSubsetSelector selector) =>
        new(Keys(selector.Keys))
        {
            Fallback = (SubsetFallback)(int)selector.FallbackPolicy,
            FallbackKeys = Keys(selector.FallbackKeysSubset),
            SingleHostPerSubset = selector.SingleHostPerSubset,
        };

    private static ImmutableArray<string> Keys(IEnumerable<string> keys) => [.. new SortedSet<string>(keys, StringComparer.Ordinal)];

    private static MetadataValue Fields(Struct? fields) => fields is null ? MetadataValue.EmptyStruct : MetadataBuilder.Value(fields);

    /// <summary>The policy of a cluster has the same words as that of a selector, numbered from NO_FALLBACK.</summary>
    private static SubsetFallback OfCluster(int policy) => SubsetFallback.NoFallback + (byte)policy;
}
