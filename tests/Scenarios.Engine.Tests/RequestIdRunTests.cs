using MeshSim.Scenarios.Engine.Tests.Theory;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine.Tests;

/// <summary>x-request-id goes with the calls that a request causes, so that its story is whole.</summary>
public class RequestIdRunTests
{
    private const string Chain = """
        name: chain
        duration: 5s
        mesh:
          gateway: { to: a }
          services:
            - { name: a, workers: 100, service_time: 1ms, calls: [{ parallel: [{ to: b }, { to: b }] }] }
            - { name: b, workers: 100, service_time: 1ms, calls: [{ to: c, via: direct }] }
            - { name: c, workers: 100, service_time: 1ms, calls: [{ to: d }] }
            - { name: d, workers: 100, service_time: 1ms }
        load: [{ to: gateway, rate: 50/s, until: 4s }]
        """;

    [Fact]
    public void Every_proxy_on_the_way_sees_it()
    {
        var proxies = Hops(partitions: 1);

        var ids = proxies["gateway"].Select(static hop => hop.RequestId).ToHashSet();
        Assert.Equal(proxies["gateway"].Length, ids.Count);
        Assert.All(proxies, entry => Assert.Subset(ids, entry.Value.Select(static hop => hop.RequestId).ToHashSet()));

        // In and out at a; in only at b, whose own call goes past its sidecar to that of c.
        Assert.Equal(ids.Count * 3, proxies["a-0.a-sidecar"].Length);
        Assert.Equal(ids.Count * 2, proxies["b-0.b-sidecar"].Length);
        Assert.Equal(ids.Count * 2, proxies["d-0.d-sidecar"].Length);
    }

    [Fact]
    public void Partitions_do_not_change_it()
    {
        var (one, three) = (Hops(partitions: 1), Hops(partitions: 3));

        Assert.All(one, entry => Assert.Equal(entry.Value.Select(static hop => hop.RequestId), three[entry.Key].Select(static hop => hop.RequestId)));
    }

    private static Dictionary<string, RequestHop[]> Hops(int partitions) =>
        SingleProcessRunner
            .Run(Station.Load(Chain), seed: 11, partitions, details: true)
            .Proxies.ToDictionary(static proxy => proxy.Name, static proxy => proxy.Details!.Hops.ToArray());
}
