using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;
using MeshSim.Testing;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>A gateway before sidecars: what one proxy sends, another receives byte by byte.</summary>
public class TwoHopTests
{
    [Fact]
    public void A_request_passes_both_proxies_and_every_answer_comes_back()
    {
        var result = SingleProcessRunner.Run(Mesh(), seed: 5);

        Assert.Equal([200], result.Totals.ByStatus.Keys);
        var gateway = result.Proxies.Single(proxy => proxy.Name == "gateway");
        var sidecars = result.Proxies.Where(proxy => proxy.Name.StartsWith("sidecar", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, sidecars.Length);
        Assert.All(sidecars, sidecar => Assert.True(sidecar.Stats["http.ingress.downstream_rq_total"] > 100));
        Assert.Equal(gateway.Stats["cluster.svc.upstream_rq_total"], sidecars.Sum(sidecar => sidecar.Stats["http.ingress.downstream_rq_total"]));
        Assert.Equal(result.Endpoints.Sum(endpoint => endpoint.Answered), sidecars.Sum(sidecar => sidecar.Stats["cluster.svc.upstream_rq_200"]));
    }

    /// <summary>2 ms of service and six links of 1 ms, once all connections are there.</summary>
    [Fact]
    public void Each_hop_costs_its_links()
    {
        var mesh = Mesh() with { Network = new NetworkModel(1_000_000, 0) };

        var latency = SingleProcessRunner.Run(mesh, seed: 5).Totals.Latency;

        Assert.InRange(latency.QuantileUs(0.5), 7_950, 8_050);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Partitions_do_not_change_what_proxies_tell_each_other(int partitions)
    {
        var mesh = Mesh(errorRate: 0.5);

        var one = SingleProcessRunner.Run(mesh, seed: 5);

        Assert.True(one.Proxies.Sum(proxy => proxy.Stats.GetValueOrDefault("cluster.svc.upstream_rq_503")) > 100);
        Assert.Equal(ResultHash.Of(one), ResultHash.Of(SingleProcessRunner.Run(mesh, seed: 5, partitions)));
    }

    /// <summary>The sidecars' breakers allow one connection and one that waits; what they refuse is the gateway's to try again.</summary>
    [Fact]
    public void What_sidecars_refuse_the_gateway_sees_and_tries_again()
    {
        var mesh = Mesh(retry: new RetryPolicySnapshot { RetryOn = RetryOn.FiveXx }, limit: 1, serviceNs: 20_000_000);

        var result = SingleProcessRunner.Run(mesh, seed: 5);

        var overflows = result.Proxies.Sum(proxy => proxy.Stats.GetValueOrDefault("cluster.svc.upstream_rq_pending_overflow"));
        var gateway = result.Proxies.Single(proxy => proxy.Name == "gateway").Stats;
        Assert.True(gateway["cluster.svc.upstream_rq_retry"] > 50, $"{gateway["cluster.svc.upstream_rq_retry"]} retries");
        Assert.Equal(overflows, gateway["cluster.svc.retry.upstream_rq_503"] + gateway["cluster.svc.upstream_rq_503"]);
    }

    private static Scenario Mesh(double errorRate = 0, RetryPolicySnapshot? retry = null, uint? limit = null, long serviceNs = 2_000_000)
    {
        var service = new ServiceRole("svc", 80, 2, 4, new ServiceTime(ServiceTimeShape.Constant, serviceNs), 100);
        return new Scenario
        {
            Name = "mesh",
            DurationNs = 5_000_000_000,
            WarmUpNs = 500_000_000,
            Proxies =
            [
                new ProxyRole("gateway", TestScenarios.Proxy(retry, to: "sidecar", port: 15_001), "", Concurrency: 2, Replicas: 1),
                new ProxyRole("sidecar", TestScenarios.Proxy(limit: limit), "", Concurrency: 2, Replicas: 2),
            ],
            Services = [service],
            Load = [new LoadModel("gateway", 300, 0, 4_500_000_000, "GET", "/", "svc", 20_000_000_000)],
            Faults = errorRate > 0 ? [new ErrorRateFault("svc", [], errorRate, 503, 0, 5_000_000_000)] : [],
        };
    }
}
