namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>tcp_health_check.</summary>
public class TcpCheckTests
{
    private const string Failed = "/failed_active_hc";

    [Fact]
    public void A_connection_is_enough_and_closed_at_once()
    {
        var cluster = Start(HealthChecks.Tcp());

        Assert.Equal(["close U1", "hosts healthy", "listen"], cluster.Connect());
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void A_payload_to_send_without_one_to_receive_is_not_sent()
    {
        var cluster = Start(HealthChecks.Tcp("ping"));

        Assert.Equal(["close U1", "hosts healthy", "listen"], cluster.Connect());
    }

    [Fact]
    public void Payloads_are_exchanged_on_one_connection_again_and_again()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "po", "ng"));
        Assert.Equal(["send U1 'ping'"], cluster.Connect());
        Assert.Empty(cluster.Data("..po.."));
        Assert.Equal(["hosts healthy", "listen"], cluster.Data("ng"));

        Assert.Equal(["send U1 'ping'"], cluster.Wait(100));
        cluster.Data("pong");
        Assert.Equal(2, cluster.Stat("health_check.success"));
    }

    [Fact]
    public void Other_bytes_are_waited_out()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "pong"));
        cluster.Connect();
        Assert.Empty(cluster.Data("gnop"));

        Assert.Equal(["close U1", "hosts /failed_active_hc/active_hc_timeout", "listen"], cluster.Wait(50));
    }

    [Fact]
    public void What_came_for_one_check_says_nothing_of_the_next()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "po", "ng"));
        cluster.Connect();
        cluster.Data("po.ng");
        cluster.Wait(100);
        Assert.Empty(cluster.Data("."));
        cluster.Data("po");
        cluster.Wait(150);
        cluster.Connect(2);
        Assert.Empty(cluster.Data("ng", connection: 2));
        cluster.Data("po", connection: 2);
        cluster.Close(2);
        cluster.Wait(100);
        cluster.Connect(3);
        Assert.Empty(cluster.Data("ng", connection: 3));

        Assert.Equal((1, 2), (cluster.Stat("health_check.success"), cluster.Stat("health_check.failure")));
    }

    [Fact]
    public void What_goes_beyond_the_buffer_of_a_connection_is_not_looked_at()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "pong"));
        cluster.Connect();
        Assert.Empty(cluster.Data(new string('.', 1024 * 1024)));
        Assert.Empty(cluster.Data("pong"));

        Assert.Equal(0, cluster.Stat("health_check.success"));
    }

    [Fact]
    public void A_refused_connection_is_a_failure_of_the_network()
    {
        var cluster = Start(HealthChecks.Tcp());

        Assert.Equal(["hosts /failed_active_hc", "listen"], cluster.Close());
        Assert.Equal((Failed, 1), (cluster.Health, cluster.Stat("health_check.network_failure")));
    }

    [Fact]
    public void A_kept_connection_that_ends_between_checks_is_a_failure()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "pong"));
        cluster.Connect();
        cluster.Data("pong");
        cluster.Close();

        Assert.Equal(1, cluster.Stat("health_check.network_failure"));
        Assert.Equal(["open U2 10.0.0.1:80"], cluster.Wait(100));
    }

    [Fact]
    public void Without_reuse_connection_it_is_closed_after_each_answer()
    {
        var cluster = Start(HealthChecks.Tcp("ping", "pong") with { ReuseConnection = false });
        cluster.Connect();

        Assert.Equal(["hosts healthy", "close U1", "listen"], cluster.Data("pong"));
    }

    private static CheckedCluster Start(HealthCheckSnapshot check)
    {
        var cluster = new CheckedCluster(check);
        cluster.Start();
        return cluster;
    }
}
