using System.Collections.Concurrent;

namespace MeshSim.Benchmarks.Soak;

/// <summary>What was counted, and what should never have happened.</summary>
internal sealed class Findings
{
    private const int MostKept = 50;

    private readonly ConcurrentDictionary<string, long> counts = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Wrong { get; } = new();

    public IEnumerable<KeyValuePair<string, long>> Counts => counts.OrderBy(static count => count.Key, StringComparer.Ordinal);

    public void Count(string what) => _ = counts.AddOrUpdate(what, 1, static (_, count) => count + 1);

    public void Add(string wrong)
    {
        Count("wrong");
        if (Wrong.Count < MostKept)
        {
            Wrong.Enqueue(wrong);
        }
    }
}
