namespace MeshSim.Scenarios.Engine;

/// <summary>
/// Takes one partition through the windows of a run. All partitions compute the same windows from what all say at the end of each, so
/// nobody leads; a partition without peers has one window that lasts as long as it is asked for.
/// </summary>
/// <remarks>
/// Whoever drives it calls <see cref="Step"/>, carries <see cref="TakeMessage"/> of each finished window to its peers, and hands in what
/// they say by <see cref="Receive"/>. Windows do not depend on where it pauses, so a partition that is executed again goes through the same.
/// </remarks>
public sealed class WindowRunner
{
    private readonly Partition partition;
    private readonly int partitions;
    private readonly WindowClock clock;
    private readonly WindowInbox inbox;
    private bool isUnderWay;
    private bool isAnnounced;
    private long ownNextNs;

    public WindowRunner(Partition partition, int partitions, WindowClock clock)
    {
        this.partition = partition;
        this.partitions = partitions;
        this.clock = clock;
        inbox = new WindowInbox(partitions, partition.Index);
    }

    public Partition Partition => partition;

    /// <summary>Windows it has finished.</summary>
    public long Window { get; private set; }

    /// <summary>Virtual time before which everything has been handled, nanoseconds.</summary>
    public long ReachedNs { get; private set; }

    /// <summary>
    /// End of the window that is under way or comes next, nanoseconds. While all partitions are paused it is the earliest time at which
    /// something from outside may happen.
    /// </summary>
    public long WindowEndNs { get; private set; }

    /// <summary>Handles events until something has to be done about it.</summary>
    /// <param name="untilNs">No window is begun that ends later.</param>
    /// <param name="maxEvents">So many events at most.</param>
    public WindowStep Step(long untilNs, int maxEvents)
    {
        if (!isUnderWay)
        {
            if (partitions > 1 && !isAnnounced)
            {
                isAnnounced = true;
                return Announce();
            }

            if (Next(untilNs) is var obstacle and not WindowStep.More)
            {
                return obstacle;
            }
        }

        if (partition.RunSlice(WindowEndNs, maxEvents))
        {
            return WindowStep.More;
        }

        isUnderWay = false;
        ReachedNs = WindowEndNs;
        Window++;
        return partitions > 1 ? Announce() : WindowStep.More;
    }

    /// <summary>What to tell a peer about the window that was just finished; once for each.</summary>
    public WindowMessage TakeMessage(int peer) => new(Window, ownNextNs, partition.TakeOutbox(peer));

    /// <summary>A peer has finished a window. What has been said before is ignored.</summary>
    public void Receive(int peer, in WindowMessage message) => inbox.Put(peer, message);

    /// <summary>Whether a peer's message about the window is missing.</summary>
    public bool IsMissing(int peer) => inbox.IsMissing(peer, Window);

    /// <summary>Whether all peers have told what the next window needs.</summary>
    public bool IsReady => inbox.IsComplete(Window);

    private WindowStep Announce()
    {
        ownNextNs = Math.Min(partition.NextTimeNs, partition.TakeEarliestSentNs());
        return WindowStep.Finished;
    }

    /// <summary>Begins the next window; returns what is in the way, or <see cref="WindowStep.More"/>.</summary>
    private WindowStep Next(long untilNs)
    {
        if (partitions > 1 && !inbox.IsComplete(Window))
        {
            return WindowStep.Waiting;
        }

        var earliest = partitions > 1 ? Math.Min(ownNextNs, inbox.EarliestNs(Window)) : partition.NextTimeNs;
        if (clock.NextWindow(earliest) is not { } end)
        {
            WindowEndNs = clock.DurationNs;
            return WindowStep.Over;
        }

        // A partition without peers waits for nobody.
        end = partitions > 1 ? end : Math.Min(untilNs, clock.DurationNs);
        WindowEndNs = end;
        if (end > untilNs || (partitions == 1 && earliest >= end))
        {
            return WindowStep.Paused;
        }

        inbox.Deliver(Window, partition);
        isUnderWay = true;
        return WindowStep.More;
    }
}
