using System.Collections.Immutable;

namespace MeshSim.Scenarios.Model;

/// <summary>Counts by status. A run sees few, so they stand in a short list.</summary>
internal sealed class StatusCounts
{
    private (int Status, long Count)[] counts = [];

    public void Add(int status, long amount = 1)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i].Status == status)
            {
                counts[i].Count += amount;
                return;
            }
        }

        counts = [.. counts, (status, amount)];
    }

    public void Add(StatusCounts other)
    {
        foreach (var (status, count) in other.counts)
        {
            Add(status, count);
        }
    }

    public void Add(IReadOnlyDictionary<int, long> other)
    {
        foreach (var (status, count) in other)
        {
            Add(status, count);
        }
    }

    public ImmutableSortedDictionary<int, long> ToSorted() => counts.ToImmutableSortedDictionary(static entry => entry.Status, static entry => entry.Count);
}
