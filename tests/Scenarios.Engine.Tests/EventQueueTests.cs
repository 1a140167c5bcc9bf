using CsCheck;

namespace MeshSim.Scenarios.Engine.Tests;

public class EventQueueTests
{
    /// <summary>Against a sorted list: schedule, cancel and take give the same events in the same order.</summary>
    [Fact]
    public void It_behaves_as_a_sorted_list() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 40], Gen.Int[0, 3])
            .Array[1, 300]
            .Sample(
                steps =>
                {
                    var queue = new EventQueue();
                    var model = new List<(SimEvent Event, EventHandle Handle)>();
                    var sequence = 0L;
                    foreach (var (what, time, source) in steps)
                    {
                        if (what <= 1)
                        {
                            var e = new SimEvent(time, source, sequence++, 0, EventKind.Wake);
                            model.Add((e, queue.Schedule(e)));
                        }
                        else if (what == 2 && model.Count > 0)
                        {
                            queue.Cancel(model[time % model.Count].Handle);
                            model.RemoveAt(time % model.Count);
                        }
                        else
                        {
                            var expected = model.OrderBy(m => m.Event.TimeNs).ThenBy(m => m.Event.Source).ThenBy(m => m.Event.Sequence).FirstOrDefault();
                            var due = model.Count > 0 && expected.Event.TimeNs < time;
                            if (queue.TryTake(time, out var taken) != due || (due && taken != expected.Event))
                            {
                                return false;
                            }

                            if (due)
                            {
                                model.Remove(expected);
                            }
                        }
                    }

                    return queue.NextTimeNs == (model.Count == 0 ? long.MaxValue : model.Min(m => m.Event.TimeNs));
                },
                seed: "0000KOIPe036",
                iter: 2_000
            );

    [Fact]
    public void Cancelling_an_event_that_has_come_does_nothing()
    {
        var queue = new EventQueue();
        var handle = queue.Schedule(new SimEvent(1, 0, 0, 0, EventKind.Wake));
        Assert.True(queue.TryTake(2, out _));
        queue.Schedule(new SimEvent(3, 0, 1, 0, EventKind.Wake));

        queue.Cancel(handle);

        Assert.Equal(3, queue.NextTimeNs);
    }

    [Fact]
    public void A_batch_brings_every_event_over_unchanged()
    {
        var batch = new EventBatch();
        var (from, to) = (new ContentStore(), new ContentStore());
        SimEvent[] events = [new(long.MaxValue - 1, 7, 8, 9, EventKind.UpstreamResponse, -1, long.MinValue, 503), new(0, 0, 0, 0, EventKind.Start)];
        foreach (var e in events)
        {
            batch.Add(e, from);
        }

        var queue = new EventQueue();
        EventBatch.Deliver(batch.Take(), queue, to);

        Assert.True(batch.IsEmpty);
        Assert.True(queue.TryTake(long.MaxValue, out var first) && queue.TryTake(long.MaxValue, out var second) && first == events[1] && second == events[0]);
    }

    [Fact]
    public void A_batch_brings_over_the_bytes_that_events_carry()
    {
        var batch = new EventBatch();
        var (from, to) = (new ContentStore(), new ContentStore());
        _ = to.Put("another"u8);
        batch.Add(new SimEvent(1, 0, 0, 0, EventKind.RequestBytes, from.Put("GET /"u8), 2, 3), from);
        batch.Add(new SimEvent(2, 0, 1, 0, EventKind.UpstreamBytes, from.Put(""u8)), from);
        batch.Add(new SimEvent(3, 0, 2, 0, EventKind.Wake, 4), from);

        var queue = new EventQueue();
        EventBatch.Deliver(batch.Take(), queue, to);

        Assert.True(queue.TryTake(long.MaxValue, out var request));
        Assert.True(queue.TryTake(long.MaxValue, out var empty));
        Assert.True(queue.TryTake(long.MaxValue, out var wake));
        Assert.Equal("GET /"u8.ToArray(), to.Take(request.A));
        Assert.Equal((2, 3), (request.B, request.C));
        Assert.Empty(to.Take(empty.A));
        Assert.Equal(4, wake.A);
    }
}
