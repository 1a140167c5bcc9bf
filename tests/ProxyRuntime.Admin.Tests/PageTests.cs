using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin.Tests;

public class PageTests
{
    [Fact]
    public void Stats_of_several_machines_are_summed_sorted_and_filtered()
    {
        var totals = new StatTotals();
        foreach (var amount in (long[])[2, 3])
        {
            var sheet = new StatSheet();
            sheet.Counter("b.requests").Add(amount);
            _ = sheet.Counter("a.never");
            sheet.Gauge("c.active").Set(amount);
            sheet.Histogram("d.time").Record(10 * amount);
            _ = sheet.Histogram("e.none");
            totals.Add(sheet);
        }

        Assert.StartsWith(
            "a.never: 0\nb.requests: 5\nc.active: 5\nd.time: P0(nan,",
            StatsPage.Text(totals, usedOnly: false, filter: null),
            StringComparison.Ordinal
        );
        Assert.EndsWith("e.none: No recorded values\n", StatsPage.Text(totals, usedOnly: false, filter: null), StringComparison.Ordinal);
        Assert.DoesNotContain("never", StatsPage.Text(totals, usedOnly: true, filter: null), StringComparison.Ordinal);
        Assert.Equal("c.active: 5\n", StatsPage.Text(totals, usedOnly: false, Re2Regex.TryParse("^c", out _)));
    }

    [Theory]
    [InlineData("", "text/plain; charset=UTF-8", "a::10.0.0.1:80\nb::[::1]:81\n")]
    [InlineData("format=text", "text/plain; charset=UTF-8", "a::10.0.0.1:80\nb::[::1]:81\n")]
    [InlineData(
        "format=json",
        "application/json",
        """
            {
             "listener_statuses": [
              {
               "name": "a",
               "local_address": {
                "socket_address": {
                 "address": "10.0.0.1",
                 "port_value": 80
                }
               }
              },
              {
               "name": "b",
               "local_address": {
                "socket_address": {
                 "address": "::1",
                 "port_value": 81
                }
               }
              }
             ]
            }

            """
    )]
    public void Listeners_are_printed_with_their_addresses(string query, string type, string text)
    {
        var snapshot = new ProxySnapshot { Listeners = [Listener("a", "10.0.0.1", 80), Listener("b", "::1", 81)] };

        var page = AdminInterface.Serve("GET", "/listeners", AdminQuery.Parse(query), new AdminView(snapshot, ServerState.Live, [], null));

        Assert.Equal((200, type, text), (page.Status, page.ContentType, page.Body));
        static ListenerSnapshot Listener(string name, string ip, int port) =>
            new()
            {
                Name = name,
                Address = new NetworkAddress(ip, port),
                StatPrefix = "",
            };
    }

    [Fact]
    public void Clusters_are_printed_line_by_line_as_Envoy_does()
    {
        var cluster = new ClusterSnapshot { Name = "web", StatName = "web" };
        var host = new HostState(
            new HostSnapshot
            {
                Address = new NetworkAddress("10.0.0.9", 80),
                Hostname = "web.local",
                EdsHealth = EdsHealth.Draining,
            }
        );

        var lines = ClustersPage.Text(new ProxySnapshot { Clusters = [cluster] }, [new ClusterMembership("web", [host])], [null]).Split('\n');

        Assert.Equal("web::observability_name::web", lines[0]);
        Assert.Equal("web::default_priority::max_retries::3", lines[4]);
        Assert.Equal("web::added_via_api::false", lines[9]);
        Assert.Equal("web::10.0.0.9:80::cx_active::0", lines[10]);
        Assert.Contains("web::10.0.0.9:80::hostname::web.local", lines);
        Assert.Contains("web::10.0.0.9:80::health_flags::/eds_status_draining", lines);
        Assert.Equal("web::10.0.0.9:80::local_origin_success_rate::-1", lines[^2]);
    }

    [Fact]
    public void A_discovered_cluster_tells_its_service_and_its_canaries()
    {
        var cluster = new ClusterSnapshot
        {
            Name = "web",
            StatName = "web",
            Type = DiscoveryType.Eds,
            Eds = new EdsSnapshot("shop", "/eds.yaml") { GivenServiceName = "shop" },
        };
        var canary = new MetadataMap([KeyValuePair.Create("envoy.lb", MetadataValue.Of([KeyValuePair.Create("canary", MetadataValue.Of(true))]))]);
        var host = new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.9", 80), Metadata = canary });

        var lines = ClustersPage.Text(new ProxySnapshot { Clusters = [cluster] }, [new ClusterMembership("web", [host])], [null]).Split('\n');

        Assert.Equal(["web::added_via_api::false", "web::eds_service_name::shop"], lines[9..11]);
        Assert.Contains("web::10.0.0.9:80::canary::true", lines);
    }

    [Fact]
    public void A_cluster_with_outlier_detection_tells_how_its_hosts_compare()
    {
        var cluster = new ClusterSnapshot { Name = "web", StatName = "web" };
        var rates = new OutlierRates(200.0 / 3, 52, -1, -1);

        var lines = ClustersPage.Text(new ProxySnapshot { Clusters = [cluster] }, [new ClusterMembership("web", [])], [rates]).Split('\n');

        Assert.Equal(
            [
                "web::outlier::success_rate_average::66.6667",
                "web::outlier::success_rate_ejection_threshold::52",
                "web::outlier::local_origin_success_rate_average::-1",
                "web::outlier::local_origin_success_rate_ejection_threshold::-1",
            ],
            lines[1..5]
        );
    }

    /// <summary>Behind counters and gauges, of clusters that ask for it.</summary>
    [Fact]
    public void Hosts_have_statistics_of_their_own_where_their_cluster_tracks_them()
    {
        var cluster = new ClusterSnapshot
        {
            Name = "a:b",
            StatName = "a_b",
            TrackStats = new TrackClusterStatsSnapshot(false, false, PerEndpointStats: true),
        };
        var other = new ClusterSnapshot { Name = "other", StatName = "other" };
        var host = new HostState(new HostSnapshot { Address = new NetworkAddress("10.0.0.9", 80), EdsHealth = EdsHealth.Draining });
        var stats = new StatTotals();
        stats.Add("z", 1, used: true);
        var view = new AdminView(
            new ProxySnapshot { Clusters = [other, cluster] },
            ServerState.Live,
            [new ClusterMembership("other", [host]), new ClusterMembership("a:b", [host])],
            stats
        );

        const string root = "cluster.a_b.endpoint.10.0.0.9_80.";
        string[] names =
        [
            "cx_connect_fail",
            "cx_total",
            "rq_error",
            "rq_success",
            "rq_timeout",
            "rq_total",
            "cx_active",
            "rq_active",
            "rq_pending_active",
            "healthy",
        ];
        var page = AdminInterface.Serve("GET", "/stats", new Dictionary<string, string>(StringComparer.Ordinal), view).Body;
        Assert.Equal($"z: 1\n{string.Concat(names.Select(static name => $"{root}{name}: 0\n"))}", page);

        var filtered = new Dictionary<string, string>(StringComparer.Ordinal) { ["filter"] = "healthy" };
        Assert.Equal($"{root}healthy: 0\n", AdminInterface.Serve("GET", "/stats", filtered, view).Body);
    }

    [Theory]
    [InlineData(ServerState.Live, "LIVE\n")]
    [InlineData(ServerState.Draining, "DRAINING\n")]
    [InlineData(ServerState.Initializing, "INITIALIZING\n")]
    public void Ready_says_the_state(ServerState state, string text) => Assert.Equal(text, AdminPages.Ready(state));
}
