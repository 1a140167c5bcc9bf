namespace MeshSim.ProxyRuntime.Core;

/// <summary>Objects that filters leave for others with a stream, here by name as the text they serialise to. Reused with its stream.</summary>
public sealed class FilterState
{
    private readonly SortedList<string, string> objects = new(StringComparer.Ordinal);

    /// <summary>The text of an object; null if there is none of that name.</summary>
    public string? Get(string name) => objects.GetValueOrDefault(name);

    public void Set(string name, string text) => objects[name] = text;

    internal void Clear()
    {
        if (objects.Count > 0)
        {
            objects.Clear();
        }
    }
}
