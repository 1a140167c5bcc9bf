using MeshSim.ProxyRuntime.Core;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// A thread with its sockets, and with things to do at certain moments. What is due is done in the order it was due, each told the moment
/// it was meant for: a machine that comes late makes answers late, but does not make a queue longer than it would have been.
/// </summary>
internal sealed class TimedLoop
{
    private readonly PriorityQueue<Action<long>, (long DueNs, long Order)> due = new();
    private long order;

    /// <summary>A loop that runs already.</summary>
    public TimedLoop(string name, LiveClock clock)
    {
        Events = new EventLoop(name, clock)
        {
            NextDeadline = () => due.TryPeek(out _, out var next) ? new MonotonicTime(next.DueNs) : null,
            OnDeadline = DoWhatIsDue,
        };
        Events.Start();
    }

    public EventLoop Events { get; }

    public long NowNs => Events.Clock.Now.Nanoseconds;

    /// <summary>Has something done at a moment of the loop's clock, in the loop's thread; to be called there.</summary>
    public void At(long dueNs, Action<long> action) => due.Enqueue(action, (dueNs, order++));

    /// <summary>Does a last thing in the loop's thread and ends it.</summary>
    public async Task EndAsync(Action last)
    {
        var done = Events.Ask(() =>
        {
            last();
            return true;
        });
        _ = await Task.WhenAny(done, Events.Stopped).ConfigureAwait(false); // A loop that has failed does nothing any more.
        Events.Dispose();
    }

    private void DoWhatIsDue()
    {
        // What becomes due meanwhile waits for the next round, so that sockets have their turn.
        var now = NowNs;
        while (due.TryPeek(out _, out var next) && next.DueNs <= now)
        {
            due.Dequeue()(next.DueNs);
        }
    }
}
