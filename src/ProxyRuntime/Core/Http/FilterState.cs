namespace MeshSim.ProxyRuntime.Core;

/// <summary>Objects that filters leave for others with a stream, here by name as the text they serialise to. Reused with its stream.</summary>
public sealed class FilterState
{
    private readonly SortedList<string, string> objects = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Field, long Value)> numbers = [];

    /// <summary>The text of an object; null if there is none of that name.</summary>
    public string? Get(string name) => objects.GetValueOrDefault(name);

    public void Set(string name, string text) => objects[name] = text;

    /// <summary>A field of an object that is a number, not negative; −1 if there is none.</summary>
    public long Number(string name, string field)
    {
        foreach (var number in numbers)
        {
            if (string.Equals(number.Name, name, StringComparison.Ordinal) && string.Equals(number.Field, field, StringComparison.Ordinal))
            {
                return number.Value;
            }
        }

        return -1;
    }

    /// <summary>Adds a field that is not there yet.</summary>
    public void AddNumber(string name, string field, long value) => numbers.Add((name, field, value));

    internal void Clear()
    {
        numbers.Clear();
        if (objects.Count > 0)
        {
            objects.Clear();
        }
    }
}
