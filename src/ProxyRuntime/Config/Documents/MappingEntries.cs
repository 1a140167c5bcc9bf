namespace MeshSim.ProxyRuntime.Config;

/// <summary>The keys of a mapping while it is read. What is written in it goes before what <c>&lt;&lt;</c> brings, an earlier source before a later one.</summary>
internal sealed class MappingEntries
{
    private readonly List<ConfigEntry> written = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private List<ConfigEntry>? merged;

    public IReadOnlyList<ConfigEntry> All => merged is null ? written : [.. written, .. merged.Where(entry => keys.Add(entry.Key))];

    /// <summary>False if the key is there already.</summary>
    public bool TryAdd(ConfigEntry entry)
    {
        if (!keys.Add(entry.Key))
        {
            return false;
        }

        written.Add(entry);
        return true;
    }

    /// <summary>False if the value of <c>&lt;&lt;</c> is neither an object nor a list of objects.</summary>
    public bool TryMerge(ConfigNode source)
    {
        merged ??= [];
        switch (source)
        {
            case ConfigMapping mapping:
                merged.AddRange(mapping.Entries);
                return true;
            case ConfigSequence sequence when sequence.Items.All(static item => item is ConfigMapping):
                merged.AddRange(sequence.Items.Cast<ConfigMapping>().SelectMany(static mapping => mapping.Entries));
                return true;
            default:
                return false;
        }
    }
}
