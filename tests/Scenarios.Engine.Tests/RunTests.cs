using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

public class RunTests
{
    [Fact]
    public void The_same_seed_gives_the_same_hash_and_another_seed_another()
    {
        var scenario = TestScenarios.Gateway(errorRate: 0.5, retry: new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx });

        var hash = ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7));

        Assert.Equal(hash, ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 7)));
        Assert.NotEqual(hash, ResultHash.Of(SingleProcessRunner.Run(scenario, seed: 8)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Partitions_do_not_change_the_result(int partitions)
    {
        var scenario = TestScenarios.Gateway(errorRate: 0.5, retry: new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx }, durationNs: 5_000_000_000);

        var one = SingleProcessRunner.Run(scenario, seed: 7);
        var many = SingleProcessRunner.Run(scenario, seed: 7, partitions);

        Assert.Equal(ResultHash.Of(one), ResultHash.Of(many));
        Assert.Equal(partitions, many.Partitions.Length);
        Assert.All(many.Partitions, partition => Assert.True(partition.Events > 100, $"partition {partition.Index} handled {partition.Events} events"));
        Assert.Equal(one.Partitions[0].Events, many.Partitions.Sum(partition => partition.Events));
    }

    [Fact]
    public void Without_faults_everything_is_answered()
    {
        var result = SingleProcessRunner.Run(TestScenarios.Gateway(), seed: 3);

        Assert.Equal([200], result.Totals.ByStatus.Keys);
        Assert.Equal(result.Endpoints.Sum(endpoint => endpoint.Answered), result.Proxies.Sum(proxy => proxy.Stats["cluster.svc.upstream_rq_200"]));
        Assert.InRange(result.Totals.Sent, 3_000, 4_200);
    }

    [Fact]
    public void A_failing_replica_shows_and_a_retry_hides_it()
    {
        var plain = SingleProcessRunner.Run(TestScenarios.Gateway(errorRate: 1), seed: 3);
        var retried = SingleProcessRunner.Run(TestScenarios.Gateway(errorRate: 1, retry: new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx }), seed: 3);

        // One of three replicas in turn fails everything.
        Assert.InRange(plain.Totals.SuccessRate, 0.65, 0.69);
        Assert.True(retried.Totals.SuccessRate > 0.88);
        Assert.Equal(
            retried.Proxies.Sum(p => p.Stats["cluster.svc.upstream_rq_retry"]),
            retried.Proxies.Sum(p => p.Stats["cluster.svc.retry.upstream_rq_503"])
        );
        Assert.All(plain.Proxies, p => Assert.Contains("503", p.Responses.Keys));
    }

    /// <summary>M/M/1 with utilisation 0.5: the mean response is 20 ms; its 99.9 % interval by batch means must hold it.</summary>
    [Fact]
    public void A_single_queue_has_the_mean_response_of_theory()
    {
        var means = new List<double>();
        for (var batch = 0; batch < 20; batch++)
        {
            var scenario = TestScenarios.Gateway(50, replicas: 1, workers: 1, durationNs: 200_000_000_000, proxies: 1) with
            {
                Network = new NetworkModel(1_000, 0),
            };
            var latency = SingleProcessRunner.Run(scenario, seed: 1000 + (ulong)batch).Totals.Latency;
            means.Add((double)latency.SumUs / latency.Count / 1000);
        }

        var mean = means.Average();
        var deviation = Math.Sqrt(means.Sum(m => (m - mean) * (m - mean)) / (means.Count - 1));
        const double student999WithNineteen = 3.883;
        var half = student999WithNineteen * deviation / Math.Sqrt(means.Count);
        Assert.True(half < 1.5, $"the interval is too wide to say anything: ±{half} ms");
        Assert.InRange(20.0, mean - half, mean + half);
    }

    [Fact]
    public void A_run_that_cannot_end_is_ended_and_says_where()
    {
        var error = Assert.Throws<RunLimitException>(() => SingleProcessRunner.Run(TestScenarios.Gateway(), seed: 3, limits: new RunLimits(MaxEvents: 100)));

        Assert.Contains("seed 3", error.Message, StringComparison.Ordinal);
    }
}
