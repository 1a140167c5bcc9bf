using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model.Tests;

/// <summary>What becomes of an access log: services, load, and what is told of it.</summary>
public class LogImportTests
{
    private const string Bootstrap = """
        static_resources:
          listeners:
            - {name: admin, address: {socket_address: {address: 0.0.0.0, port_value: 9000}}, filter_chains: [{filters: [{name: hcm, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: a, http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}], route_config: {virtual_hosts: []}}}]}]}
            - {name: main, address: {socket_address: {address: 0.0.0.0, port_value: 80}}, filter_chains: [{filters: [{name: hcm, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, stat_prefix: in, http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}], route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /b}, route: {cluster: b}}, {match: {prefix: /a}, route: {cluster: a}}]}]}}}]}]}
          clusters:
            - {name: a, type: STRICT_DNS, load_assignment: {cluster_name: a, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: a.local, port_value: 8080}}}}]}]}}
            - {name: b, type: STATIC, load_assignment: {cluster_name: b, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.4.0.1, port_value: 80}}}}, {endpoint: {address: {socket_address: {address: 10.4.0.2, port_value: 80}}}}]}]}}
            - {name: unused, type: STRICT_DNS, load_assignment: {cluster_name: unused, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: jwks.local, port_value: 443}}}}]}]}}
            - {name: eds, type: EDS, eds_cluster_config: {eds_config: {path_config_source: {path: eds.json}}}}
        """;

    [Fact]
    public void Services_stand_where_the_configuration_has_them()
    {
        var log = Log(
            Line(0, "/a/1", 200, 10, host: "10.9.0.1:8080"),
            Line(5, "/a/2", 200, 20, host: "10.9.0.2:8080"),
            Line(6, "/b/1", 200, 4, host: "10.4.0.1:80"),
            Line(7, "/b/2", 200, 8, host: "10.4.0.1:80"),
            Line(8, "/b/3", 502, 8, host: "10.4.0.1:80"),
            Line(2000, "/a/3", 404, 1, host: "10.9.0.1:8080")
        );

        var import = Import(log, Bootstrap);
        var scenario = Loaded(import);

        Assert.Equal(["a.local 8080 x2 w1 ", "b 80 x2 w3 10.4.0.1,10.4.0.2", "jwks.local 443 x1 w100 "], scenario.Services.Select(Text).Order());
        Assert.Equal(
            (0.333333, 502),
            (scenario.Services.Single(static s => s.Name == "b").ErrorRate, scenario.Services.Single(static s => s.Name == "b").ErrorStatus)
        );
        Assert.Equal("main", scenario.Load[0].Listener);
        Assert.Equal([0, 5, 6, 7, 8, 2000], scenario.Load[0].Trace!.Requests.Select(static request => request.TimeNs / 1_000_000));
        Assert.Equal(
            ["GET /a/1 svc", "GET /b/3 svc"],
            new[] { 0, 4 }.Select(i => scenario.Load[0].Requests[i]).Select(static shape => $"{shape.Method} {shape.Path} {shape.Host}")
        );
        Assert.Equal(
            [(10_500_000L, 1), (20_500_000L, 1), (1_500_000L, 1)],
            import
                .Uses.Single(static use => use.Name == "a")
                .Measured.OrderBy(static time => time.ValueNs == 1_500_000 ? 1 : 0)
                .Select(static time => (time.ValueNs, time.Weight))
        );
        Assert.Contains(import.Notes, static note => note == "no request in the log went to 'unused': 1 ms is assumed there");
        Assert.Contains(import.Notes, static note => note.StartsWith("1 answers of services with 404 come as 200", StringComparison.Ordinal));

        static string Text(ServiceRole service) =>
            $"{service.Name} {service.Port} x{service.Replicas} w{service.Workers} {string.Join(',', service.Addresses)}";
    }

    [Fact]
    public void What_the_configuration_does_otherwise_is_told()
    {
        var import = Import(Log(Line(0, "/b", 200, 1, cluster: "a"), Line(1, "/c", 200, 1, cluster: "a"), Line(2, "/a", 200, 1, cluster: "a")), Bootstrap);

        Assert.Contains("1 requests went to 'a' in the log and go to 'b' by this configuration, the first in line 1: GET svc/b", import.Notes);
        var other = Import(Log(Line(0, "/a", 200, 1, cluster: "aa")), Bootstrap);
        Assert.Contains(
            "1 requests went to cluster 'aa', which the configuration does not have; did you mean 'a'?; the first in line 1: GET svc/a",
            other.Notes
        );
        Assert.Contains("1 requests have no route to a cluster in the configuration, the first in line 2: GET svc/c", import.Notes);
    }

    [Fact]
    public void A_long_pause_is_told()
    {
        var notes = Import(Log(Line(700_000, "/a", 200, 1), Line(0, "/a", 200, 1), Line(99_000, "/a", 200, 1)), Bootstrap).Notes;

        Assert.Contains("nothing came for 601 s between lines 3 and 1: nothing comes in the scenario, either", notes);
    }

    /// <summary>Endpoints that a file or a control plane would tell of are those that the log has seen.</summary>
    [Fact]
    public void Hosts_of_discovered_clusters_come_from_the_log()
    {
        var config = Bootstrap.Replace("{prefix: /a}, route: {cluster: a}", "{prefix: /a}, route: {cluster: eds}", StringComparison.Ordinal);

        var scenario = Loaded(Import(Log(Line(0, "/a", 200, 1, host: "10.9.0.1:8080"), Line(1, "/a", 200, 1, host: "10.9.0.2:8080")), config));

        Assert.Equal(["10.9.0.1", "10.9.0.2"], scenario.Services[0].Addresses.ToArray());
        Assert.Equal(["10.9.0.1", "10.9.0.2"], Assert.Single(scenario.EndpointChanges).Assignment.Endpoints.Select(static endpoint => endpoint.Address));
    }

    /// <summary>A dump taken without ?include_eds has clusters without endpoints; the log has seen them.</summary>
    [Fact]
    public void A_dump_without_endpoints_is_given_those_of_the_log()
    {
        const string Dump = """
            {"configs": [
              {"@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump", "bootstrap": {"static_resources": {"listeners": [{"name": "main", "address": {"socket_address": {"address": "0.0.0.0", "port_value": 80}}, "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "stat_prefix": "in", "http_filters": [{"name": "router", "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}], "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "e"}}]}]}}}]}]}]}}},
              {"@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump", "dynamic_active_clusters": [{"cluster": {"@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "name": "e", "type": "EDS", "eds_cluster_config": {"eds_config": {"ads": {}}}}}]}
            ]}
            """;

        var import = Import(Log(Line(0, "/a", 200, 1, host: "10.9.0.1:8080")), Dump);
        var scenario = Loaded(import);

        Assert.Equal(
            ("10.9.0.1", 8080),
            (scenario.Proxies[0].Snapshot.Clusters[0].Endpoints[0].Address, scenario.Proxies[0].Snapshot.Clusters[0].Endpoints[0].Port)
        );
        Assert.Equal(["10.9.0.1"], Assert.Single(scenario.Services).Addresses.ToArray());
        Assert.Contains(import.Notes, static note => note.Contains("those that the log names are taken: 10.9.0.1:8080", StringComparison.Ordinal));
    }

    /// <summary>Without a configuration each host name leads to the cluster most of its requests went to.</summary>
    [Fact]
    public void Without_a_configuration_there_is_a_plain_one()
    {
        var import = LogImport.Of(
            Log(Line(0, "/", 200, 1, cluster: "x"), Line(1, "/", 200, 1, cluster: "x"), Line(2, "/", 200, 9, cluster: "y", authority: "other.example")),
            null,
            "plain"
        );
        var scenario = Loaded(import);

        var hosts = scenario.Proxies[0].Snapshot.Listeners[0].ConnectionManager!.RouteTable!.VirtualHosts;
        Assert.Equal([("x", "*"), ("y", "other.example")], hosts.Select(static host => (host.Name, string.Join(',', host.Domains))));
        Assert.Equal(["x", "y"], scenario.Services.Select(static service => service.Name));
    }

    /// <summary>
    /// Times drawn from a lognormal, written as whole milliseconds, come back as that lognormal: its mean and sigma within 4 %
    /// (a hundred times the standard error of 0.4 ‰ would be as much; milliseconds cut off are most of it).
    /// </summary>
    [Fact]
    public void The_shape_of_times_is_found_again()
    {
        var random = new ProxyRuntime.Core.RandomSource(5).Derive("times");
        var model = new ServiceTime(ServiceTimeShape.Lognormal, 80_000_000, 0.6);
        var log = Log([.. Enumerable.Range(0, 20_000).Select(i => Line(i * 100, "/", 200, model.SampleNs(random) / 1_000_000))]);

        var fitted = FittedTime.Of(LogImport.Of(log, null, "x").Uses[0].Points());

        var found = Assert.IsType<ServiceTime>(fitted.Model);
        Assert.Equal(ServiceTimeShape.Lognormal, found.Shape);
        Assert.InRange(found.AverageNs, 0.96 * 80e6, 1.04 * 80e6);
        Assert.InRange(fitted.Error, 0, 0.04);
    }

    private static LogImport Import(AccessLog log, string config)
    {
        var result = BootstrapLoader.Load(config, "envoy.yaml");
        Assert.Empty(result.Problems);
        return LogImport.Of(log, new ImportedConfig("envoy.yaml", config, result.Snapshot!, AllowUnsupported: false), "imported");
    }

    private static Scenario Loaded(LogImport import)
    {
        var files = import.Files.ToDictionary(static file => file.Name, static file => file.Text);
        var result = ScenarioLoader.Load(files["scenario.yaml"], "scenario.yaml", name => files.GetValueOrDefault(name));
        Assert.Empty(result.Problems);
        return result.Scenario!;
    }

    private static AccessLog Log(params string[] lines)
    {
        var format = LogFormat.TryCreate(
            "%START_TIME(%s.%3f)% %REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)% %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION% %UPSTREAM_HOST% %UPSTREAM_CLUSTER%",
            out _
        );
        var log = AccessLog.Read(string.Join('\n', lines), [format!]);
        Assert.Empty(log.Unread);
        return log;
    }

    private static string Line(long ms, string path, int status, long durationMs, string host = "-", string cluster = "-", string authority = "svc") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{1_772_442_000 + (ms / 1000)}.{ms % 1000:000} GET {path} {authority} {status} - {durationMs} {host} {cluster}"
        );
}
