using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>typed_per_filter_config of one level: settings of HTTP filters by the name the filter has in the chain.</summary>
public sealed record PerFilterConfig(ImmutableArray<PerFilterEntry> Entries)
{
    public static readonly PerFilterConfig None = new([]);

    internal PerFilterEntry? Find(string filter)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Filter, filter, StringComparison.Ordinal))
            {
                return entry;
            }
        }

        return null;
    }
}

/// <summary>What one level says of one filter.</summary>
/// <param name="Filter">HttpFilter.name.</param>
/// <param name="Settings">Settings for this level; null where only <paramref name="Disabled"/> is said.</param>
/// <param name="Disabled">FilterConfig.disabled: the filter is left out, or – false – taken in although it is disabled in the chain. Null: nothing is said.</param>
public sealed record PerFilterEntry(string Filter, IRouteFilterSettings? Settings, bool? Disabled = null);

/// <summary>Marks the settings that one kind of HTTP filter takes from routes, virtual hosts and tables.</summary>
public interface IRouteFilterSettings;
