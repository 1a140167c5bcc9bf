namespace MeshSim.ProxyRuntime.Core.Tests;

public class AllocationTests
{
    /// <summary>The core's steady state allocates nothing: counted over ten thousand requests with a retry each. All within one second of virtual time, as the date header is formatted once a second.</summary>
    [Fact]
    public void A_request_in_steady_state_allocates_nothing()
    {
        var snapshot = Snapshots.Proxy(
            new RouteAction { Cluster = "svc", RetryPolicy = Snapshots.Retry(RetryOn.FiveXx) with { BaseIntervalMs = 1, MaxIntervalMs = 1 } },
            Snapshots.Cluster("svc", 3)
        );
        var run = new SteadyRun(snapshot);
        run.Requests(2_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Requests(10_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(12_000, run.Answered);
    }

    private sealed class SteadyRun
    {
        private readonly EffectBuffer effects = new();
        private readonly Worker worker;
        private readonly HeaderMap request = new();
        private readonly HeaderMap failure = new();
        private readonly HeaderMap success = new();
        private readonly Queue<Effect> todo = new();
        private MonotonicTime now;
        private int number;

        public SteadyRun(ProxySnapshot snapshot)
        {
            worker = new Worker(snapshot, new ProxyShared(snapshot), new RandomSource(11), 0);
            var main = new ProxyMain(snapshot, new RandomSource(1));
            main.Start(now, effects);
            var membership = effects[0].Membership!;
            effects.Clear();
            worker.HostUpdate(now, membership, effects);
            worker.DownstreamConnection(now, new ConnectionId(1), new ConnectionInfo("main", Snapshots.Client, Snapshots.Listener), effects);
            effects.Clear();
            request.Add(":method", "GET");
            request.Add(":path", "/a");
            request.Add(":authority", "svc");
            failure.Add(":status", "503");
            success.Add(":status", "200");
            _ = request.Freeze();
            _ = failure.Freeze();
            _ = success.Freeze();
        }

        public int Answered { get; private set; }

        public void Requests(int count)
        {
            for (var i = 0; i < count; i++)
            {
                now = now.Plus(10_007);
                var head = worker.RentHeaders();
                head.ResetTo(request);
                worker.RequestHeaders(now, new StreamId(new ConnectionId(1), number++), head, endStream: true, effects);
                var failed = false;
                while (CarryOut(ref failed) || AdvanceToBackOff()) { }
            }
        }

        private bool AdvanceToBackOff()
        {
            if (worker.NextDeadline is not { } deadline || deadline.Since(now) > 30_000_000)
            {
                return false;
            }

            now = deadline > now ? deadline : now;
            worker.Advance(now, effects);
            return true;
        }

        private bool CarryOut(ref bool failed)
        {
            for (var i = 0; i < effects.Count; i++)
            {
                todo.Enqueue(effects[i]);
            }

            effects.Clear();
            if (!todo.TryDequeue(out var effect))
            {
                return false;
            }

            switch (effect.Kind)
            {
                case EffectKind.OpenConnection:
                    worker.ConnectionResult(now, effect.Upstream, ConnectOutcome.Connected, "", null, effects);
                    break;
                case EffectKind.StartAttempt:
                    var head = worker.RentHeaders();
                    head.ResetTo(failed ? success : failure);
                    failed = true;
                    worker.ResponseHeaders(now, effect.Attempt, head, endStream: true, effects);
                    break;
                case EffectKind.LogAccess:
                    Answered++;
                    break;
            }

            return true;
        }
    }
}
