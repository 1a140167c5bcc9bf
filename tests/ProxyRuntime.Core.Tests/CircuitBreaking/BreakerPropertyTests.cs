namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Pools and their breakers do what <see cref="BreakerModel"/> does, whatever happens to them in whatever order.</summary>
public class BreakerPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_pool_does_what_its_plain_model_does(int streamsPerConnection)
    {
        var random = new RandomSource(20_261_130).DeriveSource("breakers", $"{streamsPerConnection}").Derive("cases");
        for (var number = 0; number < 400; number++)
        {
            Compare(random, streamsPerConnection, number);
        }
    }

    private static void Compare(RandomStream random, int streamsPerConnection, int number)
    {
        uint Limit() => (uint)random.NextModulo(5);
        var limits = new ThresholdsSnapshot(Limit(), 1 + Limit(), 1 + Limit());
        var cluster = Snapshots.Cluster("svc", 1) with
        {
            DefaultThresholds = limits,
            Http2 = streamsPerConnection > 1 ? new Http2UpstreamSnapshot((uint)streamsPerConnection) : null,
        };
        var proxy = new WorkerHarness(Snapshots.Proxy(cluster: cluster));
        var model = new BreakerModel(limits, streamsPerConnection);
        for (var step = 0; step < 60; step++)
        {
            model.Log.Clear();
            var effects = Step(random, proxy, model);
            var seen = Told(effects);

            Assert.True(
                seen.SequenceEqual(model.Log),
                $"case {number}, step {step}, {limits}: {string.Join(", ", seen)} instead of {string.Join(", ", model.Log)}"
            );
            Assert.Equal(model.Overflows, proxy.Stat("cluster.svc.upstream_cx_overflow"));
            Assert.Equal(
                (model.Active, model.Waiting, model.Lines),
                (
                    proxy.Stat("cluster.svc.upstream_rq_active"),
                    proxy.Stat("cluster.svc.upstream_rq_pending_active"),
                    proxy.Stat("cluster.svc.upstream_cx_active")
                )
            );
        }
    }

    /// <summary>One event, to both.</summary>
    private static string[] Step(RandomStream random, WorkerHarness proxy, BreakerModel model)
    {
        switch (random.NextModulo(8))
        {
            case 0 when Any(random, model.Connecting) is { } number:
                model.Refused(number);
                return proxy.Refused(number);
            case 1 or 2 when Any(random, model.Connecting) is { } number:
                model.Connected(number);
                return proxy.Connected(number);
            case 3 when Any(random, model.Idle) is { } number:
                model.Closed(number);
                return proxy.UpstreamClosed(number);
            case 4 or 5 when Any(random, model.Attempts) is { } attempt:
                model.Answered(attempt);
                return proxy.Answer(attempt, 200);
            default:
                model.Get();
                return proxy.Get();
        }
    }

    private static int? Any(RandomStream random, IEnumerable<int> choices)
    {
        var all = choices.ToArray();
        return all.Length == 0 ? null : all[random.NextModulo(all.Length)];
    }

    /// <summary>What of the effects the model has words for; which request fails is known by its place among the log lines.</summary>
    private static List<string> Told(string[] effects) =>
        [
            .. effects
                .Where(static line =>
                    line.StartsWith("open", StringComparison.Ordinal)
                    || line.StartsWith("start", StringComparison.Ordinal)
                    || line.StartsWith("reply 503", StringComparison.Ordinal)
                )
                .Select(static line =>
                    line.StartsWith("reply", StringComparison.Ordinal) ? "fail" : string.Join(' ', line.Split(' ').Take(line[0] == 'o' ? 2 : 4))
                ),
        ];
}
