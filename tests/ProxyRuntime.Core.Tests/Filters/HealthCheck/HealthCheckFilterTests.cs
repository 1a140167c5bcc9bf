namespace MeshSim.ProxyRuntime.Core.Tests;

public class HealthCheckFilterTests
{
    private static readonly HealthCheckSettings Own = new() { PassThroughMode = false, Headers = Chains.Header(":path", "/healthz") };
    private static readonly HealthCheckSettings PassThrough = Own with { PassThroughMode = true };

    [Fact]
    public void The_proxy_answers_checks_itself_and_leaves_them_out_of_statistics()
    {
        var proxy = new WorkerHarness(Chains.With(Own) with { Node = new NodeSnapshot("id", "edge", "") });

        var check = proxy.Ask("/healthz");

        Assert.Equal("200  health_check_ok attempts=0", check.Log.ToString());
        Assert.Equal("edge", check.Got("x-envoy-upstream-healthchecked-cluster"));
        Assert.Equal((1, 1), (Stat(proxy, "request_total"), Stat(proxy, "ok")));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Stat("http.ingress.downstream_rq_total"));
    }

    [Fact]
    public void Other_requests_pass_untouched()
    {
        var proxy = new WorkerHarness(Chains.With(Own));

        var other = proxy.Ask("/");

        Assert.Equal("200  via_upstream attempts=1", other.Log.ToString());
        Assert.Null(other.Got("x-envoy-upstream-healthchecked-cluster"));
        Assert.Null(other.Got("x-envoy-immediate-health-check-fail"));
    }

    [Fact]
    public void A_check_with_a_body_is_answered_at_its_end()
    {
        var proxy = new WorkerHarness(Chains.With(Own));

        Assert.Empty(proxy.Request("POST", "/healthz", endStream: false));
        _ = proxy.Body(3, endStream: false);
        Assert.Contains("reply 200 ''", proxy.Body(0, endStream: true));
    }

    [Fact]
    public void After_a_failure_was_asked_for_all_checks_fail_and_all_answers_say_so()
    {
        var snapshot = Chains.With(PassThrough);
        var shared = new ProxyShared(snapshot) { HealthCheckFailed = true };
        var proxy = new WorkerHarness(snapshot, shared: shared);

        Assert.Equal("503 LH health_check_failed attempts=0", proxy.Ask("/healthz").Log.ToString());
        Assert.Equal("true", proxy.Ask("/").Got("x-envoy-immediate-health-check-fail"));
        Assert.Equal(1, Stat(proxy, "failed"));

        shared.HealthCheckFailed = false;
        Assert.Equal("200  via_upstream attempts=1", proxy.Ask("/healthz").Log.ToString());
    }

    [Fact]
    public void A_check_that_passes_through_carries_the_cluster_even_if_it_has_no_name()
    {
        var proxy = new WorkerHarness(Chains.With(PassThrough));

        var check = proxy.Ask("/healthz");

        Assert.Equal("", check.Got("x-envoy-upstream-healthchecked-cluster"));
        Assert.Equal(0, proxy.Stat("http.ingress.downstream_rq_2xx"));
        Assert.Equal(0, Stat(proxy, "request_total"));
    }

    [Fact]
    public void An_answer_of_the_upstream_serves_all_workers_until_its_period_is_over()
    {
        var snapshot = Chains.With(PassThrough with { CacheTimeNs = 100 * Snapshots.Millisecond });
        var shared = new ProxyShared(snapshot);
        var first = new WorkerHarness(snapshot, shared: shared);
        var second = new WorkerHarness(snapshot, shared: shared);
        var degraded = first.Ask("GET", "/healthz", [], 503, ("x-envoy-degraded", ""));
        Assert.Equal("503  via_upstream attempts=1", degraded.Log.ToString());

        _ = second.Wait(90);
        var cached = second.Ask("/healthz");
        Assert.Equal("503 LH health_check_cached attempts=0", cached.Log.ToString());
        Assert.Equal("", cached.Got("x-envoy-degraded"));
        Assert.Equal((1, 1, 1), (Stat(second, "cached_response"), Stat(second, "degraded"), Stat(second, "failed")));

        // The period ends 100 ms after the beginning of the run.
        _ = second.Wait(10);
        Assert.Equal("200  via_upstream attempts=1", second.Ask("/healthz").Log.ToString());
    }

    [Theory]
    [InlineData(50, 200, "health_check_ok_cluster_healthy")]
    [InlineData(67, 503, "health_check_failed_cluster_unhealthy")]
    public void Enough_hosts_of_a_cluster_must_be_available(int percent, int status, string details)
    {
        EndpointSnapshot Host(string address, EdsHealth health) =>
            new()
            {
                Address = address,
                Port = 80,
                Health = health,
            };
        var cluster = Snapshots.Cluster("svc", 0) with
        {
            Endpoints = [Host("10.0.0.1", EdsHealth.Healthy), Host("10.0.0.2", EdsHealth.Degraded), Host("10.0.0.3", EdsHealth.Unhealthy)],
        };
        var proxy = new WorkerHarness(
            Snapshots.Proxy([Snapshots.Host("*")], [cluster], manager => manager.Before(Own with { ClusterMinHealthyPercentages = [("svc", (uint)percent)] }))
        );

        Assert.Equal($"{status} {(status == 200 ? "" : "LH")} {details} attempts=0", proxy.Ask("/healthz").Log.ToString());
    }

    [Theory]
    [InlineData("none", 1, 503, "health_check_failed_no_cluster_found", "failed_cluster_not_found")]
    [InlineData("empty", 1, 503, "health_check_failed_cluster_empty", "failed_cluster_empty")]
    [InlineData("empty", 0, 200, "health_check_ok_cluster_healthy", "ok")]
    public void A_cluster_that_is_missing_or_empty_fails(string cluster, int percent, int status, string details, string stat)
    {
        var settings = Own with { ClusterMinHealthyPercentages = [(cluster, (uint)percent)] };
        var proxy = new WorkerHarness(Snapshots.Proxy([Snapshots.Host("*")], [Snapshots.Cluster("empty", 0)], manager => manager.Before(settings)));

        var check = proxy.Ask("/healthz");

        Assert.Equal((status, details), (check.Log.Code, check.Log.Details));
        Assert.Equal(1, Stat(proxy, stat));
    }

    private static long Stat(WorkerHarness proxy, string name) => proxy.Stat($"http.ingress.health_check.{name}");
}
