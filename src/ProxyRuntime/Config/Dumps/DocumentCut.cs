namespace MeshSim.ProxyRuntime.Config;

/// <summary>Takes fields out of a document before it is read. What is left keeps its place.</summary>
internal static class DocumentCut
{
    /// <param name="mapping">Stays as it is.</param>
    /// <param name="path">Names of fields, the last one that of the field to cut.</param>
    /// <param name="cut">The field that is missing in the result; null if it was not there.</param>
    public static ConfigMapping Without(ConfigMapping mapping, ReadOnlySpan<string> path, out ConfigEntry? cut)
    {
        cut = null;
        var entries = new List<ConfigEntry>(mapping.Entries);
        var name = path[0];
        var at = entries.FindIndex(entry => FieldNames.Same(entry.Key, name));
        if (at < 0)
        {
            return mapping;
        }

        if (path.Length == 1)
        {
            cut = entries[at];
            entries.RemoveAt(at);
        }
        else if (entries[at].Value is ConfigMapping inner)
        {
            entries[at] = entries[at] with { Value = Without(inner, path[1..], out cut) };
        }

        return new ConfigMapping(mapping.Place, entries);
    }
}
