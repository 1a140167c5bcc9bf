namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>grpc_health_check.</summary>
public class GrpcCheckTests
{
    private const string Failed = "/failed_active_hc";
    private const string Serving = "\0\0\0\0\x02\x08\x01";
    private const string Send = "send U1 POST /grpc.health.v1.Health/Check";

    private static readonly (string, string) Grpc = ("content-type", "application/grpc");

    [Fact]
    public void A_check_is_a_call_of_the_health_service()
    {
        var cluster = Start(new GrpcProbeSnapshot { ServiceName = "ab" });

        Assert.Equal([Send + "\0\0\0\0\x04\n\u0002ab"], cluster.Connect());
        Assert.Equal(
            ":method: POST\n:authority: svc\n:path: /grpc.health.v1.Health/Check\nte: trailers\ncontent-type: application/grpc\nuser-agent: Envoy/HC\n"
                + "grpc-timeout: 50m\n:scheme: http\n",
            cluster.Requests[0]
        );
    }

    [Fact]
    public void The_server_as_a_whole_has_no_name() => Assert.Equal([Send + "\0\0\0\0\0"], Start().Connect());

    [Theory]
    [InlineData("\0\0\0\0\x02\x08\x01", "0", "healthy")]
    [InlineData("\0\0\0\0\x02\x08\x02", "0", Failed)]
    [InlineData("\0\0\0\0\x02\x08\x01", "14", Failed)]
    [InlineData("\0\0\0\0\x02\x08\x01", null, Failed)]
    [InlineData("\0\0\0\0\0", "0", Failed)]
    [InlineData("\0\0\0\0\0\0\0\0\0\x02\x08\x01", "0", "healthy")]
    [InlineData("\x01\0\0\0\x02\x08\x01", "0", Failed)]
    [InlineData("\0\0\0\0\x02\x08\x01\0\0\0\0\x02\x08\x01", "0", Failed)]
    [InlineData("\0\0\0\0\x01\x08", "0", Failed)]
    [InlineData("\0\0\0\0\x03\x08\x01\x08", "0", Failed)]
    [InlineData("\x01\0\0\0\0\0\0\0\0\x02\x08\x01", "0", "healthy")]
    [InlineData("\x02\0\0\0\0\0\0\0\0\x02\x08\x01", "0", Failed)]
    [InlineData("\0\0\0\0\x02\x10\x01\0\0\0\0\x02\x08\x01", "0", Failed)]
    public void Serving_passes_and_nothing_else(string body, string? status, string health)
    {
        var cluster = Start();
        cluster.Connect();
        cluster.Headers(200, false, 1, Grpc);
        foreach (var letter in body)
        {
            cluster.Data($"{letter}");
        }

        cluster.Trailers(1, status is null ? [] : [("grpc-status", status)]);

        Assert.Equal(health, cluster.Health);
        Assert.Equal(1, cluster.Stat("health_check.success") + cluster.Stat("health_check.failure"));
    }

    [Fact]
    public void An_answer_that_is_none_of_gRPC_is_broken_off_and_the_connection_kept()
    {
        var cluster = Start();
        cluster.Connect();

        Assert.Equal(["hosts /failed_active_hc", "cancel U1", "listen"], cluster.Headers(200, endStream: false));
        Assert.StartsWith(Send, Assert.Single(cluster.Wait(100)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(65_537, false)]
    public void An_answer_that_ends_without_status_or_never_ends_fails(int length, bool endStream)
    {
        var cluster = Start();
        cluster.Connect();
        cluster.Headers(200, false, 1, Grpc);
        cluster.Data(new string('\xff', length), endStream);

        Assert.Equal((Failed, 1), (cluster.Health, cluster.Stat("health_check.failure")));
    }

    [Fact]
    public void A_connection_that_ends_between_calls_is_no_failure_and_one_that_goes_away_is_closed()
    {
        var cluster = Start();
        Assert.Equal(["hosts healthy", "listen"], Pass(cluster));
        Assert.Equal(["close U1"], cluster.GoAway());
        cluster.Wait(100);
        cluster.Connect(2);
        cluster.Headers(200, false, 2, Grpc);
        cluster.Data(Serving, false, 2);
        cluster.Trailers(2, ("grpc-status", "0"));

        Assert.Empty(cluster.Close(2));
        Assert.Equal((2, 0), (cluster.Stat("health_check.success"), cluster.Stat("health_check.failure")));
        Assert.Equal(["open U3 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void What_came_of_a_call_that_timed_out_says_nothing_of_the_next()
    {
        var cluster = Start();
        Pass(cluster);
        cluster.Wait(100);
        cluster.Headers(200, false, 1, Grpc);
        cluster.Data(Serving);
        cluster.Data("\0");
        cluster.Wait(150);
        cluster.Headers(200, false, 1, Grpc);
        cluster.Data(Serving);
        cluster.Trailers(1, ("grpc-status", "0"));

        Assert.Equal((2, 1), (cluster.Stat("health_check.success"), cluster.Stat("health_check.failure")));
    }

    [Fact]
    public void Initial_metadata_is_sent()
    {
        var metadata = new HeaderMutations([], [new HeaderAddition(HeaderName.Of("x-a"), Snapshots.Format("b"))]);
        var cluster = Start(new GrpcProbeSnapshot { InitialMetadata = metadata });
        cluster.Connect();

        Assert.Contains("x-a: b\n", cluster.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public void With_the_connection_the_call_fails()
    {
        var cluster = Start();
        cluster.Connect();
        cluster.Headers(200, false, 1, Grpc);
        cluster.Close();

        Assert.Equal((Failed, 1), (cluster.Health, cluster.Stat("health_check.network_failure")));
    }

    [Fact]
    public void A_call_that_is_reset_closes_a_connection_that_is_not_used_again()
    {
        var cluster = new CheckedCluster(HealthChecks.Of(new GrpcProbeSnapshot()) with { ReuseConnection = false });
        cluster.Start();
        cluster.Connect();

        Assert.Equal("close U1", cluster.Reset()[0]);
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void Another_status_than_SERVING_fails_a_host_at_once()
    {
        var cluster = Start();
        Pass(cluster);
        cluster.Wait(100);
        cluster.Headers(200, true, 1, Grpc, ("grpc-status", "12"));

        Assert.Equal(Failed, cluster.Health);
    }

    [Fact]
    public void A_timeout_ends_the_call_and_keeps_the_connection_if_it_is_used_again()
    {
        var cluster = Start();
        cluster.Connect();
        Assert.Equal(["cancel U1", "hosts /failed_active_hc/active_hc_timeout", "listen"], cluster.Wait(50));
        Assert.Empty(cluster.Data(Serving));

        var other = new CheckedCluster(HealthChecks.Of(new GrpcProbeSnapshot()) with { ReuseConnection = false });
        other.Start();
        other.Connect();
        Assert.Equal("close U1", other.Wait(50)[0]);
    }

    [Fact]
    public void A_connection_that_goes_away_carries_its_last_call()
    {
        var cluster = Start();
        cluster.Connect();
        cluster.GoAway();

        Assert.Equal(["hosts healthy", "close U1", "listen"], Pass(cluster));
    }

    [Fact]
    public void A_call_that_is_reset_is_a_failure_of_the_network()
    {
        var cluster = Start();
        cluster.Connect();
        cluster.Reset();

        Assert.Equal(1, cluster.Stat("health_check.network_failure"));
        Assert.StartsWith(Send, Assert.Single(cluster.Wait(100)), StringComparison.Ordinal);
    }

    private static string[] Pass(CheckedCluster cluster)
    {
        cluster.Connect();
        cluster.Headers(200, false, 1, Grpc);
        cluster.Data(Serving);
        return cluster.Trailers(1, ("grpc-status", "0"));
    }

    private static CheckedCluster Start(GrpcProbeSnapshot? probe = null)
    {
        var cluster = new CheckedCluster(HealthChecks.Of(probe ?? new GrpcProbeSnapshot()));
        cluster.Start();
        return cluster;
    }
}
