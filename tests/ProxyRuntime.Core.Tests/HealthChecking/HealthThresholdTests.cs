namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>How results become the health of a host: P passes, E an error status, R a retriable one, N no connection, T a timeout.</summary>
public class HealthThresholdTests
{
    private const string Failed = "/failed_active_hc";
    private const string TimedOut = "/failed_active_hc/active_hc_timeout";

    [Theory]
    [InlineData("P", "healthy")]
    [InlineData("E", Failed)]
    [InlineData("N", Failed)]
    [InlineData("EP", Failed)]
    [InlineData("EPP", "healthy")]
    [InlineData("EPEP", Failed)]
    [InlineData("PN", "healthy")]
    [InlineData("PNN", "healthy")]
    [InlineData("PNNN", Failed)]
    [InlineData("PNNPNN", "healthy")]
    [InlineData("PRR", "healthy")]
    [InlineData("PRNR", Failed)]
    [InlineData("PE", Failed)]
    [InlineData("PNE", Failed)]
    [InlineData("T", TimedOut)]
    [InlineData("PTT", "healthy")]
    [InlineData("PTTT", TimedOut)]
    [InlineData("PTTN", Failed)]
    [InlineData("TN", Failed)]
    [InlineData("NT", TimedOut)]
    [InlineData("TP", TimedOut)]
    [InlineData("TPP", "healthy")]
    public void Results_in_a_row_make_the_health_of_a_host(string results, string health)
    {
        var cluster = Start();
        foreach (var result in results)
        {
            Give(cluster, result);
        }

        Assert.Equal(health, cluster.Health);
        Assert.Equal(health == "healthy" ? 1 : 0, cluster.Stat("health_check.healthy"));
        Assert.Equal(health == "healthy" ? 1 : 0, cluster.Stat("membership_healthy"));
        Assert.Equal(results.Length, cluster.Stat("health_check.attempt"));
        Assert.Equal(results.Count(static result => result == 'P'), cluster.Stat("health_check.success"));
        Assert.Equal(results.Count(static result => result != 'P'), cluster.Stat("health_check.failure"));
        Assert.Equal(results.Count(static result => result is 'N' or 'T'), cluster.Stat("health_check.network_failure"));
    }

    /// <summary>A threshold of nought is never met, as in Envoy.</summary>
    [Fact]
    public void A_threshold_of_nought_is_never_met()
    {
        var cluster = Start(HealthChecks.Http() with { HealthyThreshold = 0, UnhealthyThreshold = 0 });
        foreach (var result in "PNNNNN")
        {
            Give(cluster, result);
        }

        Assert.Equal("healthy", cluster.Health);
        foreach (var result in "EPPPPP")
        {
            Give(cluster, result);
        }

        Assert.Equal(Failed, cluster.Health);
    }

    [Fact]
    public void A_host_that_fails_is_told_to_the_workers_with_its_connections()
    {
        var cluster = Start();
        Give(cluster, 'P');
        cluster.Wait(100);

        Assert.Equal(["hosts /failed_active_hc", "failed 10.0.0.1:80"], cluster.Answer(503));
    }

    private static CheckedCluster Start(HealthCheckSnapshot? check = null)
    {
        var cluster = new CheckedCluster(check ?? HealthChecks.Http(new HttpProbeSnapshot("/healthz") { RetriableStatuses = [new StatusRange(500, 503)] }));
        Assert.Equal(["open U1 10.0.0.1:80"], cluster.Start());
        return cluster;
    }

    /// <summary>One result; if none is waited for, once the next check has begun.</summary>
    private static void Give(CheckedCluster cluster, char result)
    {
        if (!cluster.IsAsking)
        {
            cluster.Wait(100);
        }

        switch (result)
        {
            case 'N':
                cluster.Close(cluster.Connection);
                break;
            case 'T':
                cluster.Wait(50);
                break;
            default:
                cluster.AnswerNext(
                    result switch
                    {
                        'P' => 200,
                        'R' => 502,
                        _ => 503,
                    }
                );
                break;
        }
    }
}
