using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Live;

/// <summary>
/// Measures what this machine adds to a request: a short run with constant service, no queue and links that take nothing. What the median
/// request takes beside its service is the client, the proxy, the loopback and the timers.
/// </summary>
public static class MachineCalibration
{
    /// <summary>How long the measurement is, nanoseconds: long enough that code is compiled and hundreds of requests are counted.</summary>
    public const long DurationNs = 2 * MonotonicTime.NanosecondsPerSecond;

    private const long ServiceNs = MonotonicTime.NanosecondsPerMillisecond;

    private const string Configuration = """
        static_resources:
          listeners:
          - name: main
            address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: calibration
                  route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: service}}]}]}
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: service
            type: STRICT_DNS
            load_assignment:
              cluster_name: service
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: service, port_value: 8000}}}}]}]
        """;

    /// <summary>What a request through one proxy takes beside its service, nanoseconds, median.</summary>
    /// <param name="ratePerSecond">As many requests a second as the run will have, so that the machine is as awake; kept within 50 to 500.</param>
    /// <exception cref="LiveRunException">Loopback cannot be used.</exception>
    public static async Task<long> MeasureNsAsync(double ratePerSecond, CancellationToken cancellation)
    {
        var scenario = new Scenario
        {
            Name = "calibration",
            DurationNs = DurationNs,
            WarmUpNs = DurationNs / 2,
            Network = new NetworkModel(LatencyFloorNs: 1, LatencyMeanNs: 0),
            Proxies = [new ProxyRole("proxy", BootstrapLoader.Load(Configuration, "calibration").Snapshot!, Configuration, Concurrency: 1, Replicas: 1)],
            Services = [new ServiceRole("service", 8000, 1, Workers: 1000, new ServiceTime(ServiceTimeShape.Constant, ServiceNs), ResponseBytes: 100)],
            Load = [new LoadModel("proxy", Math.Clamp(ratePerSecond, 50, 500), 0, DurationNs, "GET", "/", "service", DurationNs)],
        };
        var run = await LiveRun.StartAsync(scenario, new LiveRunOptions { Seed = 1 }).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            var result = await run.RunAsync(cancellation).ConfigureAwait(false);
            return Math.Max(0, (long)(result.Totals.Latency.QuantileUs(0.5) * 1000) - ServiceNs);
        }
    }
}
