namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Subsets told naively: the hosts that a request may get, of hosts with plain values in one priority.</summary>
internal static class SubsetModel
{
    public static HostSnapshot[] Allowed(SubsetSnapshot settings, IReadOnlyList<HostSnapshot> hosts, IReadOnlyDictionary<string, string> asked)
    {
        var redundant = settings.AllowRedundantKeys ? settings.Selectors.FirstOrDefault(selector => selector.Keys.All(asked.ContainsKey)) : null;
        var criteria = redundant is null ? asked : redundant.Keys.ToDictionary(static key => key, key => asked[key]);
        var same = settings.Selectors.FirstOrDefault(selector => selector.Keys.SequenceEqual(criteria.Keys.Order(StringComparer.Ordinal)));
        HostSnapshot[] subset = same is null ? [] : [.. hosts.Where(host => criteria.All(pair => Value(host, pair.Key) == pair.Value))];
        if (subset.Length > 0)
        {
            return same!.SingleHostPerSubset ? [subset[0]] : Eligible(subset);
        }

        HostSnapshot[] standard = [.. hosts.Where(host => settings.DefaultSubset.Fields.All(pair => Value(host, pair.Key) == pair.Value.Text))];
        var hidden = settings
            .Selectors.TakeWhile(selector => selector != same)
            .Any(earlier => earlier.Keys.Take(same?.Keys.Length ?? 0).SequenceEqual(same?.Keys ?? []));
        switch (hidden ? SubsetFallback.NotDefined : same?.Fallback)
        {
            case SubsetFallback.NoFallback:
                return [];
            case SubsetFallback.AnyEndpoint:
                return Eligible(hosts);
            case SubsetFallback.DefaultSubset:
                return Eligible(standard);
            case SubsetFallback.KeysSubset:
                return Allowed(settings, hosts, same!.FallbackKeys.ToDictionary(static key => key, key => criteria[key]));
        }

        var fallback =
            settings.Fallback == SubsetFallback.AnyEndpoint ? Eligible(hosts)
            : settings.Fallback == SubsetFallback.DefaultSubset ? Eligible(standard)
            : null;
        return fallback is { Length: 0 } && settings.PanicModeAny ? Eligible(hosts) : fallback ?? [];
    }

    /// <summary>The healthy ones; all if less than half are healthy and 1.4 times as many are not enough.</summary>
    private static HostSnapshot[] Eligible(IReadOnlyList<HostSnapshot> hosts)
    {
        HostSnapshot[] healthy = [.. hosts.Where(static host => host.EdsHealth == EdsHealth.Unknown)];
        return healthy.Length * 2 < hosts.Count ? [.. hosts] : healthy;
    }

    private static string? Value(HostSnapshot host, string key) => host.Metadata.Get("envoy.lb")?.Field(key)?.Text;
}
