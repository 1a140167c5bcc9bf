namespace MeshSim.ProxyRuntime.Core;

/// <summary>What one balancer has looked ahead, for all its lists: random numbers that choices to come will use, and how many turns.</summary>
internal sealed class Peeks(RandomStream random)
{
    private readonly Queue<ulong> draws = new();

    /// <summary>ROUND_ROBIN without weights: turns that were looked at and not taken yet.</summary>
    public ulong Turns { get; set; }

    /// <summary>How many choices to come are known.</summary>
    public int Count => draws.Count;

    /// <summary>The number for a choice now: the first that was looked at, or a new one.</summary>
    public ulong Draw() => draws.TryDequeue(out var draw) ? draw : random.NextUInt64();

    /// <summary>The number for a choice to come.</summary>
    public ulong Peek()
    {
        var draw = random.NextUInt64();
        draws.Enqueue(draw);
        return draw;
    }

    /// <summary>The hosts have changed: what was seen no longer holds.</summary>
    public void Forget()
    {
        draws.Clear();
        Turns = 0;
    }
}
