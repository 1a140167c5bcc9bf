namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Listeners that are replaced or removed, in a worker: which responses tell clients to leave, and what is closed in the end.</summary>
public class ListenerDrainTests
{
    private const int Tries = 200;

    [Fact]
    public void Ever_more_responses_close_their_connections_until_all_do()
    {
        Assert.Equal(0, Closed(afterS: 0, isImmediate: false));
        Assert.InRange(Closed(afterS: 150, isImmediate: false), 30, 70);
        Assert.InRange(Closed(afterS: 300, isImmediate: false), 75, 125);
        Assert.InRange(Closed(afterS: 590, isImmediate: false), 185, Tries);
    }

    [Fact]
    public void With_the_strategy_immediate_all_do_from_the_begin() => Assert.Equal(Tries, Closed(afterS: 0, isImmediate: true));

    [Fact]
    public void What_is_left_is_closed_when_the_time_is_over_and_not_before()
    {
        var worker = new WorkerHarness(Snapshot(isImmediate: false));
        worker.Run(effects => worker.Worker.ListenerRemoved(worker.Now, "main", effects));

        Assert.DoesNotContain(worker.Wait(599_999), IsClose);
        Assert.Contains(worker.Wait(1), IsClose);
        Assert.Null(worker.Worker.NextDeadline);
    }

    [Fact]
    public void Connections_of_a_chain_that_stays_are_not_asked_to_leave()
    {
        var snapshot = Snapshot(isImmediate: true);
        var worker = new WorkerHarness(snapshot);
        var (first, chain) = (snapshot.Listeners[0], snapshot.Listeners[0].FilterChains[0]);
        var next = first with
        {
            Hash = 2,
            FilterChains =
            [
                chain with
                { },
                chain with
                {
                    Hash = 9,
                    Match = new FilterChainMatch { ServerNames = ["x"] },
                },
            ],
        };
        worker.Run(effects => worker.Worker.ListenerUpdate(worker.Now, next, effects));
        worker.Get();
        Assert.DoesNotContain("connection: close", worker.ResponseHead, StringComparison.Ordinal);

        worker.Run(effects => worker.Worker.ListenerUpdate(worker.Now, next with { Hash = 3, FilterChains = [next.FilterChains[1]] }, effects));
        worker.Get();
        Assert.Contains("connection: close", worker.ResponseHead, StringComparison.Ordinal);
    }

    private static bool IsClose(string effect) => effect.StartsWith("close downstream", StringComparison.Ordinal);

    private static int Closed(int afterS, bool isImmediate)
    {
        var worker = new WorkerHarness(Snapshot(isImmediate));
        for (var i = 0; i < Tries; i++)
        {
            worker.Connect(new ConnectionId(100 + i), Snapshots.Connection());
        }

        worker.Run(effects => worker.Worker.ListenerRemoved(worker.Now, "main", effects));
        worker.Wait(afterS * 1000);
        var closed = 0;
        for (var i = 0; i < Tries; i++)
        {
            worker.RequestOn(new ConnectionId(100 + i), "GET", "/", endStream: true);
            closed += worker.ResponseHead.Contains("connection: close", StringComparison.Ordinal) ? 1 : 0;
        }

        return closed;
    }

    /// <summary>Every request is answered at once: its cluster is unknown.</summary>
    private static ProxySnapshot Snapshot(bool isImmediate)
    {
        var snapshot = Snapshots.Proxy(new RouteAction { Cluster = "none" });
        return snapshot with { Drain = new DrainSnapshot(IsImmediate: isImmediate) };
    }
}
