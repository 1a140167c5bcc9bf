using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class TimerQueueTests
{
    /// <summary>Against a plain list: arm, cancel and take in any order give the same timers in the same order.</summary>
    [Fact]
    public void It_behaves_as_a_sorted_list() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 50])
            .Array[1, 200]
            .Sample(
                steps =>
                {
                    var queue = new TimerQueue();
                    var model = new List<(long Deadline, int Order, Owner Owner, TimerHandle Handle)>();
                    var order = 0;
                    foreach (var (what, value) in steps)
                    {
                        switch (what)
                        {
                            case 0:
                                var owner = new Owner();
                                model.Add((value, order++, owner, queue.Arm(new MonotonicTime(value), TimerKind.StreamIdle, owner)));
                                break;
                            case 1 when model.Count > 0:
                                var handle = model[value % model.Count].Handle;
                                queue.Cancel(ref handle);
                                model.RemoveAt(value % model.Count);
                                break;
                            default:
                                var first = model.OrderBy(t => t.Deadline).ThenBy(t => t.Order).FirstOrDefault();
                                var due = model.Count > 0 && first.Deadline <= value;
                                if (queue.TryTakeDue(new MonotonicTime(value), out _, out var taken) != due || (due && !ReferenceEquals(taken, first.Owner)))
                                {
                                    return false;
                                }

                                if (due)
                                {
                                    model.Remove(first);
                                }

                                break;
                        }

                        var next = model.Count == 0 ? (MonotonicTime?)null : new MonotonicTime(model.Min(t => t.Deadline));
                        if (queue.NextDeadline != next || queue.Count != model.Count)
                        {
                            return false;
                        }
                    }

                    return true;
                },
                seed: "0000KOIPe036",
                iter: 2_000
            );

    [Fact]
    public void A_handle_of_a_fired_timer_cancels_nothing()
    {
        var queue = new TimerQueue();
        var old = queue.Arm(new MonotonicTime(1), TimerKind.StreamIdle, new Owner());
        Assert.True(queue.TryTakeDue(new MonotonicTime(1), out _, out _));
        queue.Arm(new MonotonicTime(2), TimerKind.StreamIdle, new Owner());

        queue.Cancel(ref old);

        Assert.Equal(1, queue.Count);
    }

    private sealed class Owner : ITimerOwner
    {
        public void OnTimer(TimerKind kind) { }
    }
}
