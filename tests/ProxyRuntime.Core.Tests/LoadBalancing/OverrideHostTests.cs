namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>The policy override_host.</summary>
public class OverrideHostTests
{
    [Fact]
    public void A_request_goes_to_the_first_of_its_hosts_that_is_there()
    {
        var proxy = Proxy();

        Assert.Contains("10.0.0.3:80", proxy.Get("/", ("x-to", "10.9.9.9:80 , 10.0.0.3:80,10.0.0.1:80"))[0], StringComparison.Ordinal);
        Assert.Contains("10.0.0.2:80", proxy.Get("/", ("x-to", "10.0.0.2:80"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Its_health_does_not_count() =>
        Assert.Contains("10.0.0.2:80", Proxy(EdsHealth.Unhealthy).Get("/", ("x-to", "10.0.0.2:80"))[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(",,")]
    [InlineData("10.9.9.9:80")]
    [InlineData("nonsense that is far longer than any address of a host could ever be, so that nobody looks it up")]
    public void Without_one_the_other_policy_chooses(string wanted)
    {
        var proxy = Proxy();

        Assert.Equal(3, Enumerable.Range(0, 3).Select(_ => proxy.Get("/", ("x-to", wanted))[0].Split(' ')[2]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Retries_take_the_next_of_its_hosts_then_what_the_other_policy_says()
    {
        var proxy = Proxy();
        List<string> hosts = [proxy.Get("/", ("x-to", "10.0.0.3:80,10.0.0.2:80"))[0]];
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            hosts.AddRange(proxy.Refused(attempt));
            hosts.AddRange(proxy.Wait(400));
        }

        var opened = hosts.Where(static line => line.StartsWith("open", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2]).ToArray();
        Assert.Equal(["10.0.0.3:80", "10.0.0.2:80"], opened.Take(2));
        Assert.Equal(4, opened.Length);
        Assert.Equal(2, opened.Skip(2).Distinct(StringComparer.Ordinal).Count());
    }

    private static WorkerHarness Proxy(EdsHealth second = EdsHealth.Unknown)
    {
        var cluster = Snapshots.Cluster("svc", 3);
        cluster = cluster with
        {
            Endpoints = cluster.Endpoints.SetItem(1, cluster.Endpoints[1] with { Health = second }),
            LoadBalancing = cluster.LoadBalancing with { OverrideHostSources = [new OverrideHostSource(HeaderName.Of("x-to"), "", [])] },
        };
        return new WorkerHarness(Snapshots.Proxy(Snapshots.To("svc") with { RetryPolicy = Snapshots.Retry(RetryOn.ConnectFailure, 5) }, cluster));
    }
}
