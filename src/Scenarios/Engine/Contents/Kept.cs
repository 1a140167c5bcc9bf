namespace MeshSim.Scenarios.Engine;

/// <summary>What events mean beyond the numbers they carry: each is put once and taken once, and its number is used again.</summary>
internal sealed class Kept<T>
{
    private readonly List<T> items = [];
    private readonly Stack<int> free = new();

    /// <summary>Keeps it. Returns the number to carry.</summary>
    public int Put(T item)
    {
        if (free.TryPop(out var number))
        {
            items[number] = item;
            return number;
        }

        items.Add(item);
        return items.Count - 1;
    }

    public T Take(long number)
    {
        var item = items[(int)number];
        items[(int)number] = default!;
        free.Push((int)number);
        return item;
    }
}
