using Envoy.Config.Cluster.V3;
using Envoy.Extensions.LoadBalancingPolicies.Maglev.V3;
using Envoy.Extensions.LoadBalancingPolicies.OverrideHost.V3;
using Envoy.Extensions.LoadBalancingPolicies.RingHash.V3;
using Envoy.Extensions.LoadBalancingPolicies.Subset.V3;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Balancers, in their old form inside a cluster and as extensions.</summary>
internal static class LoadBalancingChecks
{
    private const ulong DefaultMinimumRingSize = 1024;
    private const ulong DefaultMaximumRingSize = 8 * 1024 * 1024;

    /// <summary>The settings of a policy that is not the chosen one do not count.</summary>
    public static void Check(SourceMap map, Cluster cluster)
    {
        if (cluster.LbPolicy == Cluster.Types.LbPolicy.RingHash && cluster.RingHashLbConfig is { } ring)
        {
            CheckRing(map, ring, ring.MinimumRingSize, ring.MaximumRingSize);
        }

        if (cluster.LbPolicy == Cluster.Types.LbPolicy.Maglev && cluster.MaglevLbConfig is { } maglev)
        {
            CheckTable(map, maglev, maglev.TableSize);
        }

        foreach (var selector in cluster.LbSubsetConfig?.SubsetSelectors ?? [])
        {
            var byKeys = selector.FallbackPolicy == Cluster.Types.LbSubsetConfig.Types.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.KeysSubset;
            CheckFallbackKeys(map, selector, byKeys, selector.Keys, selector.FallbackKeysSubset);
        }
    }

    public static void Check(SourceMap map, IMessage message)
    {
        switch (message)
        {
            case RingHash ring:
                CheckRing(map, ring, ring.MinimumRingSize, ring.MaximumRingSize);
                break;
            case Maglev maglev:
                CheckTable(map, maglev, maglev.TableSize);
                break;
            case OverrideHost.Types.OverrideHostSource source:
                CheckSource(map, source);
                break;
            case Subset.Types.LbSubsetSelector selector:
                var byKeys = selector.FallbackPolicy == Subset.Types.LbSubsetSelector.Types.LbSubsetSelectorFallbackPolicy.KeysSubset;
                CheckFallbackKeys(map, selector, byKeys, selector.Keys, selector.FallbackKeysSubset);
                break;
            default:
                break;
        }
    }

    private static void CheckSource(SourceMap map, OverrideHost.Types.OverrideHostSource source)
    {
        if (source.Header.Length == 0 && source.Metadata is null)
        {
            map.Problem(source, "header", "Empty override source; accepted: header or metadata");
        }
        else if (source.Header.Length > 0 && source.Metadata is not null)
        {
            map.Problem(source, "metadata", "Only one override source must be set");
        }
    }

    private static void CheckRing(SourceMap map, IMessage ring, ulong? minimum, ulong? maximum)
    {
        var low = minimum ?? DefaultMinimumRingSize;
        var high = maximum ?? DefaultMaximumRingSize;
        if (low > high)
        {
            map.Problem(
                ring,
                minimum is null ? "maximum_ring_size" : "minimum_ring_size",
                $"ring hash: minimum_ring_size ({low}) > maximum_ring_size ({high})"
            );
        }
    }

    private static void CheckTable(SourceMap map, IMessage maglev, ulong? tableSize)
    {
        if (tableSize is { } size && !IsPrime(size))
        {
            map.Problem(maglev, "table_size", $"The table size of maglev must be prime number, is {size}");
        }
    }

    private static void CheckFallbackKeys(SourceMap map, IMessage selector, bool byKeys, ICollection<string> keys, ICollection<string> fallback)
    {
        if (keys.Count == 0)
        {
            return; // Such a selector does not count.
        }

        if (!byKeys)
        {
            if (fallback.Count > 0)
            {
                map.Problem(selector, "fallback_keys_subset", "fallback_keys_subset can be set only for KEYS_SUBSET fallback_policy");
            }
        }
        else if (fallback.Count == 0)
        {
            map.Problem(selector, "fallback_keys_subset", "fallback_keys_subset cannot be empty with KEYS_SUBSET");
        }
        else if (fallback.Except(keys, StringComparer.Ordinal).Any())
        {
            map.Problem(selector, "fallback_keys_subset", $"fallback_keys_subset must be a subset of selector keys ({string.Join(", ", keys)})");
        }
        else if (fallback.Distinct(StringComparer.Ordinal).Count() == keys.Distinct(StringComparer.Ordinal).Count())
        {
            map.Problem(selector, "fallback_keys_subset", "fallback_keys_subset cannot be equal to keys");
        }
    }

    /// <summary>For sizes within the limit of five million, that is with few divisors to try.</summary>
    private static bool IsPrime(ulong size)
    {
        for (ulong divisor = 2; divisor * divisor <= size; divisor++)
        {
            if (size % divisor == 0 || divisor > 100_000)
            {
                return false;
            }
        }

        return size > 1;
    }
}
