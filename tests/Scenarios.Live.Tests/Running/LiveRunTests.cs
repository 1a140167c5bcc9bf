using MeshSim.ProxyRuntime.Config;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live.Tests;

/// <summary>Short runs over real sockets. What time makes of latency is not asserted; what becomes of requests is.</summary>
public class LiveRunTests
{
    private const long Second = 1_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Listener = """
        static_resources:
          listeners:
          - name: main
            address: {socket_address: {address: ADDRESS, port_value: 80}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                  route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: up, retry_policy: {retry_on: "RETRY", num_retries: 3}}}]}]}
          clusters:
          - {name: up, type: STRICT_DNS EXTRA, circuit_breakers: {thresholds: [{max_retries: 1000}]}, load_assignment: {cluster_name: up, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: UP, port_value: 80}}}}]}]}}
        """;

    [Fact]
    public async Task Requests_go_through_two_proxies_and_errors_are_tried_again()
    {
        var result = await RunAsync(
            new Scenario
            {
                Name = "hops",
                DurationNs = 2 * Second,
                Proxies = [Proxy("gateway", "sidecar", retry: "refused-stream"), Proxy("sidecar", "svc", retry: "5xx")],
                Services = [new ServiceRole("svc", 80, 3, 4, new ServiceTime(ServiceTimeShape.Constant, 1_000_000), 50)],
                Load = [new LoadModel("gateway", 100, 0, Second, "GET", "/", "svc", 5 * Second)],
                Faults = [new ErrorRateFault("svc", [0], 1, 503, 0, 2 * Second)],
                Expectations = [],
            }
        );

        Assert.InRange(result.Totals.Sent, 60, 145);

        // Four tries may all meet the host that fails, as others take their turns in between.
        var failed = result.Totals.ByStatus.GetValueOrDefault(503);
        Assert.Equal(result.Totals.Sent, result.Totals.ByStatus[200] + failed);
        Assert.InRange(failed, 0, result.Totals.Sent / 10);
        Assert.Equal(["gateway", "sidecar"], result.Proxies.Select(static proxy => proxy.Name));
        Assert.Equal(result.Totals.ByStatus[200], result.Proxies[0].Responses["200"]);
        Assert.Equal(result.Totals.ByStatus[200], result.Proxies[1].Responses["200"]);
        var retries = result.Proxies[1].Stats["cluster.up.upstream_rq_retry"];
        Assert.Equal(result.Endpoints[0].Errors, retries + failed);
        Assert.True(retries > 0);
        Assert.Equal(result.Totals.Sent + retries, result.Endpoints.Sum(static endpoint => endpoint.Arrivals));
        Assert.Equal(retries, result.Proxies[1].StatsBySecond["cluster.up.upstream_rq_retry"].Sum());
        Assert.Equal(result.Endpoints.Sum(static e => e.Arrivals), result.Endpoints.Sum(static e => e.ArrivalsBySecond.Sum()));
        Assert.NotNull(result.Machine);
    }

    /// <summary>Of the proxy that is asked for every request has its line, in the configuration's own format; of others none is kept.</summary>
    [Fact]
    public async Task An_access_log_is_kept_where_it_is_asked_for()
    {
        const string log =
            "stat_prefix: in\n          access_log: [{name: log, typed_config: {\"@type\": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, log_format: {text_format_source: {inline_string: \"%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE%\\n\"}}}}]";
        var scenario = new Scenario
        {
            Name = "logged",
            DurationNs = 2 * Second,
            Proxies = [Proxy("gateway", "sidecar", change: ("stat_prefix: in", log)), Proxy("sidecar", "svc", change: ("stat_prefix: in", log))],
            Services = [new ServiceRole("svc", 80, 1, 100, new ServiceTime(ServiceTimeShape.Constant, 1_000_000), 50)],
            Load = [new LoadModel("gateway", 50, 0, Second, "GET", "/logged", "svc", 5 * Second)],
        };

        var result = await RunAsync(scenario, accessLogOf: "gateway");

        var lines = result.Proxies[0].Details!.AccessLog;
        Assert.Equal(result.Totals.Sent, lines.Length);
        Assert.All(lines, static line => Assert.Equal("GET /logged 200", line));
        Assert.Empty(result.Proxies[1].Details!.AccessLog);
    }

    /// <summary>The port is closed and open connections are reset; afterwards all is well again.</summary>
    [Fact]
    public async Task A_service_that_is_down_is_really_down()
    {
        var result = await RunAsync(
            new Scenario
            {
                Name = "down",
                DurationNs = 3 * Second,
                Proxies = [Proxy("gateway", "svc", retry: "refused-stream")],
                Services = [new ServiceRole("svc", 80, 1, 1000, new ServiceTime(ServiceTimeShape.Constant, 100_000_000), 50)],
                Load = [new LoadModel("gateway", 100, 0, (long)(2.7 * Second), "GET", "/", "svc", 5 * Second)],
                Faults = [new DownFault("svc", [], Second, 2 * Second)],
            }
        );

        // 100 a second for a second and the tenth before.
        Assert.InRange(result.Totals.ByStatus[503], 70, 150);
        Assert.Equal(result.Totals.Sent, result.Totals.ByStatus.Values.Sum());
        Assert.InRange(result.Seconds[2].ByStatus[200], 30, 110);
        var stats = result.Proxies.Single().Stats;
        Assert.True(stats["cluster.up.upstream_cx_connect_fail"] > 0);
        Assert.True(stats["cluster.up.upstream_cx_destroy_remote_with_active_rq"] > 0);
    }

    [Fact]
    public async Task Event_logs_come_back_with_the_result()
    {
        var result = await RunAsync(
            new Scenario
            {
                Name = "events",
                DurationNs = Second / 2,
                Proxies =
                [
                    Proxy(
                        "gateway",
                        "svc",
                        extra: ", health_checks: [{timeout: 5s, interval: 60s, unhealthy_threshold: 1, healthy_threshold: 1, event_log_path: /dev/null/hc, tcp_health_check: {}}]"
                    ),
                ],
                Services = [new ServiceRole("svc", 80, 1, 1, new ServiceTime(ServiceTimeShape.Constant, 1_000_000), 0)],
                Load = [],
            }
        );

        var logged = Assert.Single(result.Proxies.Single().Events);
        Assert.Equal("/dev/null/hc", logged.File);
        Assert.Contains("add_healthy_event", logged.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ended_early_it_tells_what_was_measured()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var scenario = new Scenario
        {
            Name = "early",
            DurationNs = 600 * Second,
            Proxies = [Proxy("gateway", "svc")],
            Services = [new ServiceRole("svc", 80, 1, 4, new ServiceTime(ServiceTimeShape.Constant, 1_000_000), 50)],
            Load = [new LoadModel("gateway", 100, 0, 600 * Second, "GET", "/", "svc", Second)],
        };
        void AfterTwoSeconds(long untilNs)
        {
            if (untilNs == 2 * Second)
            {
                stop.Cancel();
            }
        }

        await using var run = await LiveRun.StartAsync(scenario, new LiveRunOptions { Seed = 5, Progress = AfterTwoSeconds });

        var result = await run.RunAsync(stop.Token);

        Assert.InRange(result.DurationNs, 2 * Second, 60 * Second);
        Assert.True(result.Totals.Sent > 0);
        Assert.Equal(["200"], result.Proxies.Single().Responses.Keys); // That clients go at the end is none of the run's.
    }

    [Theory]
    [InlineData(
        ", typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http2_protocol_options: {}}}}",
        "http2_protocol_options"
    )]
    [InlineData(
        ", health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {send: {text: \"00\"}}}]",
        "health_checks: built-in services answer 200"
    )]
    [InlineData(
        ", health_checks: [{timeout: 1s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, http_health_check: {path: /, expected_statuses: [{start: 204, end: 205}]}}]",
        "health_checks: built-in services answer 200"
    )]
    public async Task What_cannot_be_served_is_refused(string extra, string message)
    {
        var scenario = new Scenario
        {
            Name = "refused",
            DurationNs = Second,
            Proxies = [Proxy("gateway", "svc", extra: extra)],
            Services = [],
            Load = [],
        };

        var refused = await Assert.ThrowsAsync<LiveRunException>(() => LiveRun.StartAsync(scenario, new LiveRunOptions { Seed = 1 }));

        Assert.Contains($"proxy 'gateway': cluster 'up', {message}", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Two at a time have the same addresses in their configurations, and do not meet.</summary>
    [Fact]
    public async Task Runs_side_by_side_do_not_meet()
    {
        var ok = RunAsync(Small(errors: 0));
        var bad = RunAsync(Small(errors: 1));

        Assert.Equal([200], (await ok).Totals.ByStatus.Keys);
        Assert.Equal([503], (await bad).Totals.ByStatus.Keys);

        static Scenario Small(double errors) =>
            new()
            {
                Name = "small",
                DurationNs = Second,
                Proxies = [Proxy("gateway", "svc")],
                Services = [new ServiceRole("svc", 80, 1, 4, new ServiceTime(ServiceTimeShape.Constant, 1_000_000), 50)],
                Load = [new LoadModel("gateway", 100, 0, Second / 2, "GET", "/", "svc", Second)],
                Faults = [new ErrorRateFault("svc", [], errors, 503, 0, Second)],
            };
    }

    [Fact]
    public async Task The_machine_is_measured()
    {
        using var limit = new CancellationTokenSource(Patience);

        Assert.InRange(await MachineCalibration.MeasureNsAsync(100, limit.Token), 1_000, 50_000_000);
    }

    private static async Task<RunResult> RunAsync(Scenario scenario, string? accessLogOf = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        await using var run = await LiveRun.StartAsync(scenario, new LiveRunOptions { Seed = 5, AccessLogOf = accessLogOf });
        return await run.RunAsync(limit.Token);
    }

    private static ProxyRole Proxy(string name, string up, string retry = "", string extra = "", (string From, string To)? change = null)
    {
        var text = Listener
            .Replace("ADDRESS", "0.0.0.0", StringComparison.Ordinal)
            .Replace("RETRY", retry, StringComparison.Ordinal)
            .Replace("EXTRA", extra, StringComparison.Ordinal)
            .Replace("UP", up, StringComparison.Ordinal)
            .Replace(change?.From ?? " ", change?.To ?? " ", StringComparison.Ordinal);
        var loaded = BootstrapLoader.Load(text, name);
        Assert.Empty(loaded.Problems);
        return new ProxyRole(name, loaded.Snapshot!, text, 1, 1);
    }
}
