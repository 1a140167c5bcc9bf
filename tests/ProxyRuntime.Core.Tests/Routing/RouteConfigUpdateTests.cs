namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A route table that is replaced while a worker runs.</summary>
public class RouteConfigUpdateTests
{
    [Fact]
    public void Requests_that_begin_later_have_the_new_table()
    {
        var worker = Worker(out var former);

        Update(worker, Leading(former, "second"));
        var effects = worker.Get();

        Assert.Contains(effects, static effect => effect.Contains("10.0.2.1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_request_that_has_begun_keeps_its_own()
    {
        var worker = Worker(out var former);
        _ = worker.RequestBegin();

        Update(worker, Leading(former, "second"));
        var begun = worker.Get();

        Assert.DoesNotContain(begun, static effect => effect.Contains("10.0.2.1", StringComparison.Ordinal));
        Assert.Contains(begun, static effect => effect.Contains("10.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_of_another_name_changes_nothing()
    {
        var worker = Worker(out var former);

        Update(worker, new RouteTable("other", [.. Leading(former, "second").VirtualHosts]));

        Assert.DoesNotContain(worker.Get(), static effect => effect.Contains("10.0.2.1", StringComparison.Ordinal));
    }

    private static WorkerHarness Worker(out RouteTable routes)
    {
        var snapshot = Snapshots.Proxy(
            [Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To("first")))],
            [Snapshots.Cluster("first", 1), Snapshots.Cluster("second", 1, net: 2)]
        );
        routes = snapshot.Listeners[0].FilterChains[0].ConnectionManager!.RouteTable;
        return new WorkerHarness(snapshot);
    }

    private static RouteTable Leading(RouteTable former, string cluster) =>
        new(former.Name, [Snapshots.Host("*", Snapshots.Prefix("/", Snapshots.To(cluster)))]);

    private static void Update(WorkerHarness worker, RouteTable routes) => worker.Run(effects => worker.Worker.RouteConfigUpdate(worker.Now, routes, effects));
}
