using CsCheck;
using MeshSim.ProxyRuntime.Core;

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

    /// <summary>Against a sorted set, with thousands pending: near and far, many at once, most timeouts cancelled, and now and then a look ahead.</summary>
    [Theory]
    [InlineData(1, 300)]
    [InlineData(50_000, 3_000)]
    [InlineData(20_000_000_000, 3_000)]
    [InlineData(long.MaxValue / 2, 3_000)]
    public void It_behaves_as_a_sorted_set_when_much_is_pending(long spanNs, int pending)
    {
        var random = new RandomStream(77);
        var queue = new EventQueue();
        var model = new SortedSet<(long TimeNs, int Source, long Sequence)>();
        var handles = new Dictionary<long, (EventHandle Handle, SimEvent Event)>();
        var (now, sequence) = (0L, 0L);
        for (var step = 0; step < 60_000; step++)
        {
            if (model.Count < pending || random.NextModulo(2) == 0)
            {
                Schedule(NextTime());
            }
            else if (random.NextModulo(3) == 0)
            {
                var (handle, cancelled) = handles[random.NextModulo(sequence)];
                queue.Cancel(handle);
                _ = model.Remove(Key(cancelled)); // Most have come or are cancelled already.
            }
            else
            {
                Take(random.NextModulo(8) == 0 ? Math.Max(now, now + random.NextModulo(1 + (spanNs / 64))) : long.MaxValue);
            }

            if (step % 7 == 0)
            {
                Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min.TimeNs, queue.NextTimeNs);
            }
        }

        while (model.Count > 0)
        {
            Take(long.MaxValue);
        }

        Assert.Equal(long.MaxValue, queue.NextTimeNs);

        // Multiples, so that many are at the same time; bursts just ahead; some as far as it goes.
        long NextTime() =>
            (long)
                ulong.Min(
                    long.MaxValue - 1,
                    random.NextModulo(16) switch
                    {
                        0 => long.MaxValue - 1 - (ulong)random.NextModulo(3),
                        1 => (ulong)now,
                        2 => (ulong)(now + 1) + (ulong)random.NextModulo(3),
                        < 9 => (ulong)now + ((ulong)(1 + (spanNs / 100)) * (ulong)random.NextModulo(100)),
                        _ => (ulong)now + (ulong)random.NextModulo(spanNs),
                    }
                );

        void Schedule(long timeNs)
        {
            var e = new SimEvent(timeNs, (int)random.NextModulo(5), sequence, 0, EventKind.Wake);
            handles[sequence++] = (queue.Schedule(e), e);
            _ = model.Add(Key(e));
        }

        void Take(long beforeNs)
        {
            var due = model.Count > 0 && model.Min.TimeNs < beforeNs;
            Assert.Equal(due, queue.TryTake(beforeNs, out var taken));
            if (due)
            {
                Assert.Equal(model.Min, Key(taken));
                _ = model.Remove(model.Min);
                now = taken.TimeNs;
            }
        }

        static (long TimeNs, int Source, long Sequence) Key(in SimEvent e) => (e.TimeNs, e.Source, e.Sequence);
    }

    [Fact]
    public void Nothing_is_allocated_once_it_has_grown()
    {
        var random = new RandomStream(5);
        var queue = new EventQueue();
        var timeouts = new EventHandle[500];
        var sequence = 0L;
        for (; sequence < timeouts.Length; sequence++)
        {
            _ = queue.Schedule(new SimEvent(random.NextModulo(1_000_000), 0, sequence, (int)sequence, EventKind.Wake));
        }

        Hold(400_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Hold(100_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Hold(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Assert.True(queue.TryTake(long.MaxValue, out var e));
                queue.Cancel(timeouts[e.Target]);
                timeouts[e.Target] = queue.Schedule(new SimEvent(e.TimeNs + 250_000_000, 1, sequence, e.Target, EventKind.GiveUp));
                _ = queue.Schedule(new SimEvent(e.TimeNs + 1 + random.NextModulo(2_000_000), 0, sequence++, e.Target, EventKind.Wake));
            }
        }
    }

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
        Assert.Equal("GET /"u8.ToArray(), to.Take(request.A).ToArray());
        Assert.Equal((2, 3), (request.B, request.C));
        Assert.True(to.Take(empty.A).IsEmpty);
        Assert.Equal(4, wake.A);
    }
}
