namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>What is written down of checks and ejections: Envoy's messages as JSON, a line each.</summary>
public class EventLogTests
{
    private const string Host =
        """{"health_checker_type":"HTTP","host":{"socket_address":{"protocol":"TCP","address":"10.0.0.1","port_value":80,"resolver_name":"","ipv4_compat":false,"network_namespace_filepath":""}},"cluster_name":"svc",""";

    private const string Locality = ""","locality":{"region":"r","zone":"","sub_zone":""}""";

    [Fact]
    public void Changes_of_health_and_the_first_failure_are_written_down()
    {
        var cluster = Start(static check => check);
        cluster.AnswerNext(503);
        Pass(cluster);
        Pass(cluster);
        cluster.Wait(100);
        cluster.AnswerNext(503);

        Assert.Equal(
            [
                Line("'timestamp':'2026-01-01T00:00:00.001000003Z','health_check_failure_event':{'failure_type':'ACTIVE','first_check':true}"),
                Line("'add_healthy_event':{'first_check':false},'timestamp':'2026-01-01T00:00:00.201000003Z'"),
                Line("'eject_unhealthy_event':{'failure_type':'ACTIVE'},'timestamp':'2026-01-01T00:00:00.301000003Z'"),
            ],
            cluster.Events
        );
    }

    [Fact]
    public void Every_result_is_if_so_configured()
    {
        var cluster = Start(static check => check with { AlwaysLogFailures = true, AlwaysLogSuccess = true });
        cluster.AnswerNext(200);
        Pass(cluster);
        Pass(cluster);
        cluster.Wait(100);
        cluster.Close(cluster.Connection);
        cluster.Wait(150);

        Assert.Equal(
            [
                "add_healthy_event {\"first_check\":true}",
                "successful_health_check_event {}",
                "successful_health_check_event {}",
                "health_check_failure_event {\"failure_type\":\"NETWORK\",\"first_check\":false}",
                "health_check_failure_event {\"failure_type\":\"NETWORK_TIMEOUT\",\"first_check\":false}",
            ],
            Kinds(cluster)
        );
        Assert.EndsWith(Locality + ""","successful_health_check_event":{}}""" + "\n", cluster.Events[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Degrading_and_passive_failures_are_written_down()
    {
        var cluster = Start(static check => check);
        cluster.AnswerNext(200);
        cluster.Wait(100);
        cluster.AnswerNext(200, ("x-envoy-degraded", ""));
        Pass(cluster);
        cluster.ImmediateFail(0);

        Assert.Equal(
            [
                "add_healthy_event {\"first_check\":true}",
                "degraded_healthy_host {}",
                "no_longer_degraded_host {}",
                "eject_unhealthy_event {\"failure_type\":\"PASSIVE\"}",
            ],
            Kinds(cluster)
        );
    }

    [Fact]
    public void A_hosts_metadata_is_written_before_its_locality()
    {
        var metadata = new MetadataMap([KeyValuePair.Create("ns", MetadataValue.Of([KeyValuePair.Create("k", MetadataValue.Of("v"))]))]);
        var cluster = new CheckedCluster(
            HealthChecks.Http() with
            {
                EventLogPaths = ["/checks"],
            },
            change: cluster => cluster with { Endpoints = [cluster.Endpoints[0] with { Metadata = metadata }] }
        );
        cluster.Start();
        cluster.AnswerNext(200);

        Assert.Contains(
            Quoted("'metadata':{'filter_metadata':{'ns':{'k':'v'}},'typed_filter_metadata':{}},'locality':{"),
            Assert.Single(cluster.Events),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_ejection_and_its_end_are_written_down()
    {
        var cluster = Start(static check => check with { EventLogPaths = [] }, new OutlierDetectionSnapshot { MaxEjectionPercent = 100 });
        cluster.AnswerNext(200);
        cluster.Eject(0);
        cluster.Wait(100);
        cluster.AnswerNext(200);

        Assert.Equal(
            [
                """/outliers {"type":"CONSECUTIVE_5XX","timestamp":"2026-01-01T00:00:00.001000003Z","cluster_name":"svc","upstream_url":"10.0.0.1:80","action":"EJECT","num_ejections":1,"enforced":true,"eject_consecutive_event":{}}"""
                    + "\n",
                """/outliers {"type":"CONSECUTIVE_5XX","timestamp":"2026-01-01T00:00:00.101000003Z","secs_since_last_action":"0","cluster_name":"svc","upstream_url":"10.0.0.1:80","action":"UNEJECT","num_ejections":1,"enforced":false}"""
                    + "\n",
            ],
            cluster.Events
        );
    }

    [Fact]
    public void An_ejection_by_rates_tells_them_and_one_that_is_not_enforced_is_told_too()
    {
        var settings = new OutlierDetectionSnapshot
        {
            MaxEjectionPercent = 100,
            IntervalNs = Snapshots.Second / 100,
            EnforcingSuccessRate = 0,
            EnforcingFailurePercentage = 100,
        };
        var cluster = new CheckedCluster(HealthChecks.Tcp(), hosts: 5, cluster => cluster with { HealthChecks = [], OutlierDetection = settings });
        cluster.Start();
        foreach (var host in cluster.Hosts)
        {
            for (var i = 0; i < 200; i++)
            {
                host.Monitor.PutResponse(host == cluster.Hosts[0] && i < 199 ? 500 : 200);
            }
        }

        cluster.WaitForNext();

        Assert.Equal([0.5, 100, 100, 100, 100], cluster.Hosts.Select(static host => host.Monitor.SuccessRate));
        Assert.Equal(80.1, cluster.Main.View.OutlierRates[0]!.Average, 9);
        Assert.Contains(
            "\"type\":\"SUCCESS_RATE\"",
            Assert.Single(
                cluster.Events,
                static line =>
                    line.Contains(
                        Quoted(
                            "'enforced':false,'eject_success_rate_event':{'host_success_rate':0,'cluster_average_success_rate':80,'cluster_success_rate_ejection_threshold':4}}"
                        ),
                        StringComparison.Ordinal
                    )
            ),
            StringComparison.Ordinal
        );
        Assert.Single(
            cluster.Events,
            static line => line.Contains(Quoted("'enforced':true,'eject_failure_percentage_event':{'host_success_rate':0}}"), StringComparison.Ordinal)
        );
        cluster.WaitForNext();
        Assert.Equal([-1, -1, -1, -1, -1], cluster.Hosts.Select(static host => host.Monitor.SuccessRate));
        Assert.Equal(OutlierRates.None, cluster.Main.View.OutlierRates[0]);
    }

    private static CheckedCluster Start(Func<HealthCheckSnapshot, HealthCheckSnapshot> change, OutlierDetectionSnapshot? outliers = null)
    {
        var cluster = new CheckedCluster(
            change(HealthChecks.Http() with { EventLogPaths = ["/checks"] }),
            change: cluster =>
                cluster with
                {
                    OutlierDetection = outliers,
                    Endpoints = [cluster.Endpoints[0] with { Locality = new LocalitySnapshot("r", "", "") }],
                }
        );
        cluster.Start();
        return cluster;
    }

    /// <summary>A line of the log of checks, from behind the cluster's name to before the locality; with single quotes.</summary>
    private static string Line(string text) => $"/checks {Host}{Quoted(text)}{Locality}}}\n";

    private static string Quoted(string text) => text.Replace('\'', '"');

    private static void Pass(CheckedCluster cluster)
    {
        cluster.Wait(100);
        cluster.AnswerNext(200);
    }

    /// <summary>The part of each event that tells its kind.</summary>
    private static IEnumerable<string> Kinds(CheckedCluster cluster) =>
        cluster.Events.Select(static line =>
        {
            using var json = System.Text.Json.JsonDocument.Parse(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            var kind = json
                .RootElement.EnumerateObject()
                .Single(static field => field.Name.EndsWith("_event", StringComparison.Ordinal) || field.Name.EndsWith("_host", StringComparison.Ordinal));
            return $"{kind.Name} {kind.Value.GetRawText()}";
        });
}
