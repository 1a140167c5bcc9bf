namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>http_health_check: what is sent, what passes, and what becomes of the connection.</summary>
public class HttpCheckTests
{
    private const string Failed = "/failed_active_hc";
    private const string Excluded = "/failed_active_hc/excluded_via_immediate_hc_fail";

    private static readonly HttpProbeSnapshot Plain = new("/healthz");

    [Fact]
    public void A_check_is_a_request_with_the_clusters_name_as_host()
    {
        var cluster = Start(Plain);

        Assert.Equal(["send U1 GET /healthz"], cluster.Connect());
        Assert.Equal(":method: GET\n:authority: svc\n:path: /healthz\nuser-agent: Envoy/HC\n:scheme: http\n", cluster.Requests[0]);
    }

    [Theory]
    [InlineData("", "", "svc")]
    [InlineData("check.local", "", "check.local")]
    [InlineData("check.local", "own.local", "own.local")]
    public void The_host_header_is_the_endpoints_or_the_checks_or_the_clusters(string configured, string own, string sent)
    {
        var cluster = Start(Plain with { Host = configured }, Endpoint(new HostHealthCheckSnapshot { Hostname = own }));
        cluster.Connect();

        Assert.Contains($":authority: {sent}\n", cluster.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "10.0.0.1:80")]
    [InlineData("", 81, "10.0.0.1:81")]
    [InlineData("10.9.9.9", 0, "10.9.9.9:80")]
    [InlineData("10.9.9.9", 81, "10.9.9.9:81")]
    public void The_address_is_the_endpoints_health_check_address_if_it_has_one(string address, int port, string opened)
    {
        var cluster = new CheckedCluster(HealthChecks.Http(Plain), change: Endpoint(new HostHealthCheckSnapshot { Address = address, Port = port }));

        Assert.Equal([$"open U1 {opened}"], cluster.Start());
    }

    [Fact]
    public void Method_headers_and_body_are_as_configured()
    {
        var probe = Plain with
        {
            Method = "POST",
            Send = HealthChecks.Bytes("ping"),
            RequestHeaders = new HeaderMutations(
                [HeaderName.Of("user-agent")],
                [
                    new HeaderAddition(HeaderName.Of("x-cluster"), Snapshots.Format("%UPSTREAM_CLUSTER%")),
                    new HeaderAddition(HeaderName.Of("x-a"), Snapshots.Format("b")),
                ]
            ),
        };
        var cluster = Start(probe);

        Assert.Equal(["send U1 POST /healthzping"], cluster.Connect());
        Assert.DoesNotContain("user-agent", cluster.Requests[0], StringComparison.Ordinal);
        Assert.Contains("x-a: b\n", cluster.Requests[0], StringComparison.Ordinal);
        Assert.Contains("x-cluster: svc\n", cluster.Requests[0], StringComparison.Ordinal);
        Assert.Contains("content-length: 4\n", cluster.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "healthy")]
    [InlineData(201, Failed)]
    [InlineData(503, Failed)]
    public void Only_200_passes_by_default(int status, string health) => Assert.Equal(health, AfterAnswer(Plain, status));

    [Theory]
    [InlineData(199, Failed)]
    [InlineData(200, Failed)]
    [InlineData(204, "healthy")]
    [InlineData(299, "healthy")]
    [InlineData(300, Failed)]
    public void Expected_statuses_replace_200(int status, string health) =>
        Assert.Equal(health, AfterAnswer(Plain with { ExpectedStatuses = [new StatusRange(204, 205), new StatusRange(290, 300)] }, status));

    [Theory]
    [InlineData("xxhello there, worldxx", "healthy")]
    [InlineData("world hello", Failed)]
    [InlineData("hello", Failed)]
    public void Payloads_must_be_found_in_their_order(string body, string health)
    {
        var cluster = Start(Plain with { Receive = HealthChecks.Payloads("hello", "world") });
        cluster.Connect();
        cluster.Headers(200, endStream: false);
        cluster.Data(body[..3]);
        cluster.Data(body[3..], endStream: true);

        Assert.Equal(health, cluster.Health);
    }

    [Theory]
    [InlineData(8, Failed)]
    [InlineData(9, "healthy")]
    [InlineData(0, "healthy")]
    public void Only_so_much_of_the_body_is_looked_at(long size, string health)
    {
        var cluster = Start(Plain with { Receive = HealthChecks.Payloads("hello"), ResponseBufferSize = size });
        cluster.Connect();
        cluster.Headers(200, endStream: false);
        cluster.Data("1234");
        cluster.Data("hello", endStream: true);

        Assert.Equal(health, cluster.Health);
    }

    [Theory]
    [InlineData("svc-a", 100, "healthy", 1)]
    [InlineData("other", 100, Failed, 1)]
    [InlineData(null, 100, Failed, 1)]
    [InlineData("other", 0, "healthy", 0)]
    public void The_service_name_is_compared_unless_the_runtime_says_otherwise(string? answered, ulong percent, string health, long verified)
    {
        var cluster = new CheckedCluster(
            HealthChecks.Http(Plain with { ServiceNameMatcher = StringMatcher.Of(StringMatch.Prefix, "svc") }),
            runtime: Snapshots.Runtime(("health_check.verify_cluster", percent))
        );
        cluster.Start();
        cluster.AnswerNext(200, answered is null ? [] : [("x-envoy-upstream-healthchecked-cluster", answered)]);

        Assert.Equal((health, verified), (cluster.Health, cluster.Stat("health_check.verify_cluster")));
    }

    [Fact]
    public void A_host_that_says_so_is_degraded_until_it_says_so_no_more()
    {
        var cluster = Start(Plain);
        cluster.AnswerNext(200);
        cluster.Wait(100);
        Assert.Equal(["hosts /degraded_active_hc"], cluster.AnswerNext(200, ("x-envoy-degraded", "")));
        Assert.Equal((1, 1, 0), (cluster.Stat("health_check.degraded"), cluster.Stat("membership_degraded"), cluster.Stat("membership_healthy")));

        cluster.Wait(100);
        Assert.Equal(["hosts healthy"], cluster.AnswerNext(200));
        Assert.Equal((0, 0), (cluster.Stat("health_check.degraded"), cluster.Stat("membership_degraded")));
    }

    [Fact]
    public void A_host_that_asks_for_it_is_left_out_until_a_check_passes()
    {
        var cluster = Start(Plain);
        cluster.AnswerNext(200);
        cluster.Wait(100);
        cluster.AnswerNext(503, ("x-envoy-immediate-health-check-fail", "true"));
        Assert.Equal((Excluded, 1), (cluster.Health, cluster.Stat("membership_excluded")));

        cluster.Wait(100);
        cluster.AnswerNext(200);
        Assert.Equal(Excluded, cluster.Health);
        cluster.Wait(100);
        cluster.AnswerNext(200);
        Assert.Equal(("healthy", 0), (cluster.Health, cluster.Stat("membership_excluded")));
    }

    [Fact]
    public void It_is_asked_for_with_another_body_too()
    {
        var cluster = Start(Plain with { Receive = HealthChecks.Payloads("hello") });
        cluster.AnswerNext(200, ("x-envoy-immediate-health-check-fail", "true"));

        Assert.Equal(Excluded, cluster.Health);
    }

    [Fact]
    public void The_body_of_one_answer_says_nothing_of_the_next()
    {
        var cluster = Start(Plain with { Receive = HealthChecks.Payloads("hello") });
        cluster.Connect();
        cluster.Headers(200, endStream: false);
        cluster.Data("hello", endStream: true);
        cluster.Wait(100);
        cluster.Answer(200);
        Assert.Equal(Failed, cluster.Health);

        cluster.Wait(100);
        cluster.Headers(200, endStream: false);
        cluster.Data("hello");
        cluster.Reset();
        cluster.Wait(100);
        cluster.Answer(200);
        Assert.Equal((1, 3), (cluster.Stat("health_check.success"), cluster.Stat("health_check.failure")));
    }

    [Fact]
    public void The_header_on_a_passing_answer_means_nothing() =>
        Assert.Equal("healthy", AfterAnswer(Plain, 200, ("x-envoy-immediate-health-check-fail", "true")));

    // Connections.

    [Fact]
    public void A_connection_is_used_again()
    {
        var cluster = Start(Plain);
        cluster.AnswerNext(200);

        Assert.Equal(["send U1 GET /healthz"], cluster.Wait(100));
    }

    [Fact]
    public void Without_reuse_connection_it_is_closed_after_each_answer()
    {
        var cluster = new CheckedCluster(HealthChecks.Http(Plain) with { ReuseConnection = false });
        cluster.Start();

        Assert.Equal(["hosts healthy", "close U1", "listen"], cluster.AnswerNext(200));
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void A_peer_that_takes_no_more_requests_gets_its_last_one_answered_for()
    {
        var cluster = Start(Plain);
        cluster.Connect();
        Assert.Empty(cluster.GoAway());

        Assert.Equal(["hosts healthy", "close U1", "listen"], cluster.Answer(200));
        cluster.Wait(100);
        cluster.AnswerNext(200);
        Assert.Equal(["close U2"], cluster.GoAway(2));
        Assert.Equal(["open U3 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void A_connection_that_ends_between_checks_is_no_failure()
    {
        var cluster = Start(Plain);
        cluster.AnswerNext(200);

        Assert.Empty(cluster.Close());
        Assert.Equal(0, cluster.Stat("health_check.failure"));
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void A_timeout_closes_the_connection_and_what_still_comes_on_it_is_ignored()
    {
        var cluster = Start(Plain);
        cluster.Connect();

        Assert.Equal(["close U1", "hosts /failed_active_hc/active_hc_timeout", "listen"], cluster.Wait(50));
        Assert.Empty(cluster.Answer(200));
        Assert.Equal((0, 1), (cluster.Stat("health_check.success"), cluster.Stat("health_check.network_failure")));
    }

    [Fact]
    public void Trailers_end_an_answer_too()
    {
        var cluster = Start(Plain);
        cluster.Connect();
        cluster.Headers(200, endStream: false);
        cluster.Data("x");
        cluster.Trailers();

        Assert.Equal("healthy", cluster.Health);
    }

    [Fact]
    public void A_request_that_is_reset_is_a_failure_of_the_network_and_the_connection_stays()
    {
        var cluster = Start(Plain);
        cluster.Connect();
        cluster.Reset();

        Assert.Equal(1, cluster.Stat("health_check.network_failure"));
        Assert.Equal(["send U1 GET /healthz"], cluster.Wait(100));
    }

    [Fact]
    public void A_request_that_is_reset_closes_a_connection_that_is_not_used_again()
    {
        var cluster = new CheckedCluster(HealthChecks.Http(Plain) with { ReuseConnection = false });
        cluster.Start();
        cluster.Connect();

        Assert.Equal("close U1", cluster.Reset()[0]);
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void A_reset_between_checks_is_no_failure()
    {
        var cluster = Start(Plain);
        cluster.AnswerNext(200);

        Assert.Empty(cluster.Reset());
        Assert.Equal(0, cluster.Stat("health_check.failure"));
    }

    [Fact]
    public void What_still_comes_of_a_connection_that_was_closed_does_not_touch_the_next_one()
    {
        var cluster = Start(Plain);
        cluster.Connect();
        cluster.Wait(150);
        Assert.Equal(2, cluster.Connection);
        cluster.Connect(2);

        Assert.Empty(cluster.Close(1));
        cluster.Answer(200, 2);
        Assert.Equal((1, 1), (cluster.Stat("health_check.success"), cluster.Stat("health_check.failure")));
    }

    private static CheckedCluster Start(HttpProbeSnapshot probe, Func<ClusterSnapshot, ClusterSnapshot>? change = null)
    {
        var cluster = new CheckedCluster(HealthChecks.Http(probe), change: change);
        cluster.Start();
        return cluster;
    }

    private static string AfterAnswer(HttpProbeSnapshot probe, int status, params (string Name, string Value)[] headers)
    {
        var cluster = Start(probe);
        cluster.AnswerNext(status, headers);
        return cluster.Health;
    }

    private static Func<ClusterSnapshot, ClusterSnapshot> Endpoint(HostHealthCheckSnapshot check) =>
        cluster => cluster with { Endpoints = [cluster.Endpoints[0] with { HealthCheck = check }] };
}
