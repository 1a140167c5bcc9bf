using System.Net;
using System.Threading.Channels;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.ProxyRuntime.Live.Tests;

/// <summary>Pages of the admin interface over HTTP.</summary>
public sealed class AdminTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim-admin").FullName;
    private readonly Channel<ReadResult> reports = Channel.CreateUnbounded<ReadResult>();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Config_dump_shows_listeners_and_endpoints_of_files_as_they_are_now()
    {
        await WriteAsync("lds.yaml", Listeners("v1", "first"));
        await WriteAsync("eds.yaml", Endpoints("10.0.0.1"));
        var proxy = await StartAsync();
        await using (proxy)
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{proxy.Admin}") };
            Assert.Equal(
                (true, false),
                (Has(await client.GetStringAsync("/config_dump"), "first"), Has(await client.GetStringAsync("/config_dump"), "10.0.0.1"))
            );
            Assert.Contains("\"10.0.0.1\"", await client.GetStringAsync("/config_dump?include_eds"), StringComparison.Ordinal);

            await WriteAsync("lds.yaml", Listeners("v2", "second"));
            await reports.Reader.ReadAsync();
            await WriteAsync("eds.yaml", Endpoints("10.0.0.2"));
            await reports.Reader.ReadAsync();

            using var page = await client.GetAsync("/config_dump?resource=dynamic_listeners&mask=name,active_state");
            Assert.Equal((HttpStatusCode.OK, "application/json"), (page.StatusCode, page.Content.Headers.ContentType!.ToString()));
            var text = await page.Content.ReadAsStringAsync();
            Assert.Equal((false, true, true), (Has(text, "first"), Has(text, "second"), Has(text, "\"version_info\": \"v2\"")));
            text = await client.GetStringAsync("/config_dump?resource=static_endpoint_configs&include_eds");
            Assert.Equal((false, true), (Has(text, "10.0.0.1"), Has(text, "10.0.0.2")));

            using var missing = await client.GetAsync("/config_dump?resource=nothing");
            Assert.Equal((HttpStatusCode.NotFound, "text/plain"), (missing.StatusCode, missing.Content.Headers.ContentType!.ToString()));
            Assert.Equal("nothing not found in config dump", await missing.Content.ReadAsStringAsync());
            Assert.Equal($"found::{proxy.Listeners["found"]}\n", await client.GetStringAsync("/listeners"));
            Assert.Contains("  /config_dump: dump current Envoy configs\n      resource: ", await client.GetStringAsync("/help"), StringComparison.Ordinal);
        }
    }

    private async Task<LiveProxy> StartAsync()
    {
        var text = $$$"""
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0} } }
            dynamic_resources: {lds_config: {path: "{{{folder}}}/lds.yaml"} }
            static_resources:
              clusters:
              - {name: web, type: EDS, eds_cluster_config: {eds_config: {path: "{{{folder}}}/eds.yaml"} } }
            """;
        var loaded = BootstrapLoader.Load(text, "live.yaml", environment: new FileEnvironment(), forConnections: true);
        Assert.Empty(loaded.Problems);
        var options = new LiveProxyOptions
        {
            Concurrency = 2,
            Report = found => reports.Writer.TryWrite(found),
            Listeners = loaded.Listeners,
        };
        var proxy = await LiveProxy.StartAsync(loaded.Snapshot!, text, options);
        Assert.Empty((await reports.Reader.ReadAsync()).Problems);
        Assert.Empty((await reports.Reader.ReadAsync()).Problems);
        return proxy;
    }

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(folder, file);
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.Ordinal);

    private static string Endpoints(string address) =>
        $$$"""
            resources:
            - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
              cluster_name: web
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: {{{address}}}, port_value: 80} } } }]}]
            """;

    private static string Listeners(string version, string prefix) =>
        $$$"""
            version_info: {{{version}}}
            resources:
            - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
              name: found
              stat_prefix: {{{prefix}}}
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              default_filter_chain: {}
            """;
}
