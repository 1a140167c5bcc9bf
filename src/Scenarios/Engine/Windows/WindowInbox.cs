namespace MeshSim.Scenarios.Engine;

/// <summary>
/// What peers said and what is still to be used. A peer that was executed again says again what it said before, word for word: what is
/// known is ignored.
/// </summary>
internal sealed class WindowInbox(int partitions, int self)
{
    private readonly Dictionary<long, WindowMessage>[] bySender =
    [
        .. Enumerable.Range(0, partitions).Select(static _ => new Dictionary<long, WindowMessage>()),
    ];
    private long taken = -1;

    public void Put(int sender, in WindowMessage message)
    {
        if (message.Window > taken)
        {
            _ = bySender[sender].TryAdd(message.Window, message);
        }
    }

    /// <summary>Whether all peers have finished that window.</summary>
    public bool IsComplete(long window)
    {
        for (var peer = 0; peer < partitions; peer++)
        {
            if (IsMissing(peer, window))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a peer's message about that window has not come.</summary>
    public bool IsMissing(int peer, long window) => peer != self && !bySender[peer].ContainsKey(window);

    /// <summary>The earliest pending event of all peers.</summary>
    public long EarliestNs(long window)
    {
        var earliest = long.MaxValue;
        for (var peer = 0; peer < partitions; peer++)
        {
            if (peer != self)
            {
                earliest = Math.Min(earliest, bySender[peer][window].NextTimeNs);
            }
        }

        return earliest;
    }

    /// <summary>Gives a partition the events of that window; they are forgotten here.</summary>
    public void Deliver(long window, Partition partition)
    {
        for (var peer = 0; peer < partitions; peer++)
        {
            if (peer != self && bySender[peer].Remove(window, out var message) && message.Events.Length > 0)
            {
                partition.Deliver(message.Events);
            }
        }

        taken = window;
    }
}
