using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config.Tests;

/// <summary>health_checks of a cluster, and what else of a configuration has to do with them.</summary>
public class HealthCheckConfigTests
{
    private const long Second = MonotonicTime.NanosecondsPerSecond;
    private const string Least = "timeout: 1s, interval: 2.0009s, unhealthy_threshold: 3, healthy_threshold: 4";

    [Fact]
    public void What_is_not_given_has_its_default()
    {
        var check = Check($"{Least}, http_health_check: {{path: /p}}");

        Assert.Equal((Second, 2 * Second, 3u, 4u), (check.TimeoutNs, check.IntervalNs, check.UnhealthyThreshold, check.HealthyThreshold));
        Assert.Equal((60 * Second, 60 * Second), (check.NoTrafficIntervalNs, check.NoTrafficHealthyIntervalNs));
        Assert.Equal((2 * Second, 2 * Second, 2 * Second), (check.UnhealthyIntervalNs, check.UnhealthyEdgeIntervalNs, check.HealthyEdgeIntervalNs));
        Assert.True(check.ReuseConnection);
        var probe = Assert.IsType<HttpProbeSnapshot>(check.Probe);
        Assert.Equal(("/p", "", "GET", 1024L), (probe.Path, probe.Host, probe.Method, probe.ResponseBufferSize));
        Assert.Equal([new StatusRange(200, 201)], probe.ExpectedStatuses.ToArray());
    }

    [Fact]
    public void Every_field_is_read()
    {
        var check = Check(
            $"{Least}, name: nm, initial_jitter: 5s, interval_jitter: 6s, interval_jitter_percent: 7, reuse_connection: false, no_traffic_interval: 8s, "
                + "no_traffic_healthy_interval: 9s, unhealthy_interval: 10s, unhealthy_edge_interval: 11s, healthy_edge_interval: 12s, "
                + "always_log_health_check_failures: true, always_log_health_check_success: true, event_log_path: /b, event_logger: [{name: f, typed_config: "
                + "{\"@type\": x/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink, event_log_path: /a}}], "
                + "http_health_check: {host: h, path: /p, method: PUT, send: {text: '6869'}, receive: [{text: 4f4B}, {binary: AQI=}], response_buffer_size: 0, "
                + "request_headers_to_add: [{header: {key: a, value: b}}], request_headers_to_remove: [c], expected_statuses: [{start: 200, end: 300}], "
                + "retriable_statuses: [{start: 500, end: 501}], service_name_matcher: {prefix: s}, codec_client_type: HTTP2}"
        );

        Assert.Equal(
            ("nm", 5 * Second, 6 * Second, 7u, false),
            (check.Name, check.InitialJitterNs, check.IntervalJitterNs, check.IntervalJitterPercent, check.ReuseConnection)
        );
        Assert.Equal((8 * Second, 9 * Second, 10 * Second), (check.NoTrafficIntervalNs, check.NoTrafficHealthyIntervalNs, check.UnhealthyIntervalNs));
        Assert.Equal((11 * Second, 12 * Second), (check.UnhealthyEdgeIntervalNs, check.HealthyEdgeIntervalNs));
        Assert.True(check.AlwaysLogFailures && check.AlwaysLogSuccess);
        Assert.Equal(["/a", "/b"], check.EventLogPaths.ToArray());
        var probe = Assert.IsType<HttpProbeSnapshot>(check.Probe);
        Assert.Equal(("h", "PUT", "hi", 0L, true), (probe.Host, probe.Method, Text(probe.Send), probe.ResponseBufferSize, probe.IsHttp2));
        Assert.Equal(["OK", "\u0001\u0002"], probe.Receive.Select(Text));
        Assert.Equal(("a", "c"), (probe.RequestHeaders.Add[0].Name.Name, probe.RequestHeaders.Remove[0].Name));
        Assert.Equal([new StatusRange(200, 300), new StatusRange(500, 501)], probe.ExpectedStatuses.Concat(probe.RetriableStatuses));
        Assert.True(probe.ServiceNameMatcher!.Matches("svc"u8));
    }

    [Fact]
    public void Bytes_are_exchanged_by_tcp()
    {
        var probe = Assert.IsType<TcpProbeSnapshot>(Check($"{Least}, tcp_health_check: {{send: {{text: '0a'}}, receive: [{{text: '0b'}}]}}").Probe);

        Assert.Equal(("\n", "\v"), (Text(probe.Send), Text(probe.Receive[0])));
    }

    [Fact]
    public void Endpoints_may_be_checked_elsewhere_or_not_at_all()
    {
        var result = Configurations.With(
            "port_value: 8000}}}",
            "port_value: 8000}}, health_check_config: {port_value: 81, hostname: h, address: {socket_address: {address: 10.0.0.9, port_value: 82}}, disable_active_health_check: true}}"
        );

        Assert.Equal(
            new HostHealthCheckSnapshot
            {
                Address = "10.0.0.9",
                Port = 81,
                Hostname = "h",
                IsDisabled = true,
            },
            result.Snapshot!.Clusters[0].Endpoints[0].HealthCheck
        );
    }

    [Fact]
    public void What_stands_elsewhere_in_the_cluster_and_the_bootstrap()
    {
        var cluster = Configurations
            .With(
                "connect_timeout: 5s",
                "common_lb_config: {ignore_new_hosts_until_first_hc: true}\n      ignore_health_on_host_removal: true\n      outlier_detection: {successful_active_health_check_uneject_host: false}"
            )
            .Snapshot!.Clusters[0];
        Assert.True(cluster.IgnoreNewHostsUntilFirstHc && cluster.IgnoreHealthOnHostRemoval);
        Assert.False(cluster.OutlierDetection!.SuccessfulActiveHealthCheckUnejectHost);

        var snapshot = Configurations.With("admin:", "cluster_manager: {outlier_detection: {event_log_path: /o}}\nadmin:").Snapshot!;
        Assert.Equal(["/o"], snapshot.EventLogPaths);
    }

    [Theory]
    [InlineData("{LEAST, tcp_health_check: {}}, {LEAST, name: b, tcp_health_check: {}}", "health check at index 0 is missing a name")]
    [InlineData("{LEAST, name: b, tcp_health_check: {}}, {LEAST, tcp_health_check: {}}", "health check at index 1 is missing a name")]
    [InlineData("{LEAST, name: b, tcp_health_check: {}}, {LEAST, name: b, tcp_health_check: {}}", "duplicate health check name 'b' at index 1")]
    [InlineData("{LEAST, tcp_health_check: {send: {text: '5'}}}", "invalid hex string '5'")]
    [InlineData("{LEAST, tcp_health_check: {receive: [{text: xy}]}}", "invalid hex string 'xy'")]
    [InlineData("{LEAST, http_health_check: {path: /, send: {text: '00'}}}", "HTTP health check cannot specify a request payload with method 'GET'")]
    [InlineData(
        "{LEAST, http_health_check: {path: /, method: TRACE, send: {text: '00'}}}",
        "HTTP health check cannot specify a request payload with method 'TRACE'"
    )]
    [InlineData(
        "{LEAST, http_health_check: {path: /, receive: [{text: '0011'}, {text: '22'}], response_buffer_size: 2}}",
        "The expected response length '3' is over than http health response buffer size '2'"
    )]
    [InlineData("{LEAST, http_health_check: {path: /, codec_client_type: HTTP3}}", "'codec_client_type' is not supported yet")]
    [InlineData("{LEAST, tcp_health_check: {proxy_protocol_config: {}}}", "'proxy_protocol_config' is not supported yet")]
    public void What_does_not_fit_is_told(string checks, string message)
    {
        var result = Load(checks.Replace("LEAST", Least, StringComparison.Ordinal));

        Assert.Contains(result.Problems, problem => problem.Message.StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Several_checks_with_names_are_read()
    {
        var result = Load($"{{{Least}, name: a, tcp_health_check: {{}}}}, {{{Least}, name: b, http_health_check: {{path: /}}}}");

        Assert.Empty(result.Problems);
        Assert.Equal(["a", "b"], result.Snapshot!.Clusters[0].HealthChecks.Select(static check => check.Name));
    }

    private static HealthCheckSnapshot Check(string fields)
    {
        var result = Load($"{{{fields}}}");
        Assert.Empty(result.Problems);
        Assert.Empty(result.Warnings);
        return Assert.Single(result.Snapshot!.Clusters[0].HealthChecks);
    }

    private static ConfigResult Load(string checks) => Configurations.With("connect_timeout: 5s", $"health_checks: [{checks}]");

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
