using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin.Tests;

/// <summary>A proxy of which dumps are taken, with its machines.</summary>
internal sealed class DumpedProxy
{
    /// <summary>2030-01-02T03:04:05.678Z.</summary>
    public const long EpochUnixNs = 1_893_553_445_678_901_234;

    public const string Small = """
        node: {id: n-1, locality: {zone: b}}
        static_resources:
          listeners:
          - name: door
            address: {socket_address: {address: 127.0.0.1, port_value: 7001}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: in
                  request_timeout: 1.25s
                  route_config:
                    name: table
                    virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: ""}, route: {cluster: shop}}]}]
                  http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
          clusters:
          - name: shop
            type: STATIC
            load_assignment:
              cluster_name: shop
              endpoints:
              - locality: {zone: a}
                load_balancing_weight: 4
                lb_endpoints:
                - {health_status: DRAINING, endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}
              - locality: {zone: b}
                lb_endpoints:
                - load_balancing_weight: 3
                  metadata: {filter_metadata: {envoy.lb: {stage: new, n: 1.5, on: [true, null]}}}
                  endpoint:
                    hostname: second
                    address: {socket_address: {address: 10.0.0.2, port_value: 80}}
                    health_check_config: {port_value: 81, hostname: check}
              - priority: 1
                lb_endpoints: [{health_status: DEGRADED, endpoint: {address: {socket_address: {address: 10.0.0.3, port_value: 80}}}}]
              policy: {drop_overloads: [{category: c, drop_percentage: {numerator: 5}}]}
        """;

    private readonly ProxyMain main;
    private readonly Worker worker;
    private readonly EffectBuffer effects = new();

    public DumpedProxy(string configuration, ConfigEnvironment? environment = null)
    {
        var loaded = BootstrapLoader.Load(configuration, "test.yaml", environment: environment, forConnections: true);
        Assert.Empty(loaded.Problems);
        Snapshot = loaded.Snapshot!;
        Listeners = loaded.Listeners;
        var random = new RandomSource(1);
        main = new ProxyMain(Snapshot, random, EpochUnixNs);
        worker = new Worker(Snapshot, new ProxyShared(Snapshot), random.DeriveSource("worker", "0"), EpochUnixNs);
        main.Start(MonotonicTime.Zero, effects);
        effects.Clear();
    }

    public ProxySnapshot Snapshot { get; }

    public ListenersFile? Listeners { get; }

    public AdminResponse Get(string query)
    {
        var config = RunningConfig.Of(Snapshot, main.View, EpochUnixNs).With(worker.View);
        var view = new AdminView(Snapshot, ServerState.Live, main.View.Clusters, null) { Config = config };
        return AdminInterface.Serve("GET", "/config_dump", AdminQuery.Parse(query), view);
    }

    /// <summary>The page, which must be there.</summary>
    public string Text(string query = "")
    {
        var page = Get(query);
        Assert.Equal((200, "application/json"), (page.Status, page.ContentType));
        return page.Body;
    }

    /// <param name="seconds">Since the start.</param>
    /// <param name="json">A RouteConfiguration.</param>
    public void SetRoutes(int seconds, string json)
    {
        var result = RoutesFile.Of(Snapshot, DocumentReader.Read(json, "routes.json", out _)!, "");
        Assert.Empty(result.Problems);
        worker.RouteConfigUpdate(At(seconds), result.Routes!, effects);
        effects.Clear();
    }

    /// <param name="response">A DiscoveryResponse with all listeners.</param>
    public void SetListeners(int seconds, string response)
    {
        main.ListenersUpdate(At(seconds), Listeners!.Load(response, main.View.Listeners).Answer, effects);
        foreach (var listener in main.View.Listeners)
        {
            worker.ListenerUpdate(At(seconds), listener, new EffectBuffer());
        }

        effects.Clear();
    }

    private static MonotonicTime At(int seconds) => new(seconds * MonotonicTime.NanosecondsPerSecond);
}
