using System.Net;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Live;
using MeshSim.Scenarios.Live;

namespace MeshSim.Conformance;

/// <summary>A live proxy in front of httpbin, on free loopback ports.</summary>
internal sealed class LiveFixture : IAsyncDisposable
{
    private const string Template = """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: envoy.filters.network.http_connection_manager
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: ingress_http
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config:
                          name: local
                          virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: ROUTE }]}]
          clusters:
            - name: httpbin_service
              type: LOGICAL_DNS
              load_assignment:
                cluster_name: httpbin
                endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: httpbin, port_value: PORT }}}}]}]
            - {name: asked_for, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: {use_http_header: true}}
            - name: nobody
              type: STATIC
              load_assignment:
                cluster_name: nobody
                endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]
        """;

    private readonly HttpBinServer backend;
    private readonly LiveProxy proxy;

    private LiveFixture(HttpBinServer backend, LiveProxy proxy, string recording)
    {
        this.backend = backend;
        this.proxy = proxy;
        Recording = recording;
        Client = new HttpClient { BaseAddress = new Uri($"http://{new IPEndPoint(IPAddress.Loopback, proxy.Listeners.Values.First().Port)}") };
    }

    public HttpClient Client { get; }

    /// <summary>Where httpbin listens.</summary>
    public IPEndPoint Backend => backend.Address;

    public Uri Admin => new($"http://{proxy.Admin}");

    /// <summary>File with the recording, complete once the fixture is disposed.</summary>
    public string Recording { get; }

    public static async Task<LiveFixture> StartAsync(string route)
    {
        var httpBin = await HttpBinServer.StartAsync(IPAddress.Loopback, 0);
        var configuration = Template
            .Replace("ROUTE", route, StringComparison.Ordinal)
            .Replace("PORT", httpBin.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var loaded = BootstrapLoader.Load(configuration, "fixture.yaml");
        Assert.Empty(loaded.Problems);
        var recording = Path.GetTempFileName();
        var options = new LiveProxyOptions
        {
            Concurrency = 2,
            Seed = 5,
            RecordPath = recording,
            Resolve = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("httpbin", "127.0.0.1"),
        };
        return new LiveFixture(httpBin, await LiveProxy.StartAsync(loaded.Snapshot!, configuration, options), recording);
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await proxy.DisposeAsync();
        await backend.DisposeAsync();
    }
}
