using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class LiveCommandTests : IDisposable
{
    private const string Template = """
        name: short
        duration: DURATION
        warm_up: 1s
        proxies:
        - name: gateway
          config_inline: |
            static_resources:
              listeners:
              - name: main
                address: {socket_address: {address: 0.0.0.0, port_value: 15001}}
                filter_chains:
                - filters:
                  - name: hcm
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: in
                      http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                      route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: svc}}]}]}
              clusters:
              - {name: svc, type: STRICT_DNS, PROTOCOL load_assignment: {cluster_name: svc, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: svc, port_value: 8000}}}}]}]}}
        services:
        - {name: svc, port: 8000, replicas: 2, workers: 4, service_time: {constant: 2ms}}
        load:
        - {to: gateway, rate: 100/s}
        expectations:
        - success_rate >= EXPECTED
        """;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public static string Scenario(string duration, string expected = "99%", string protocol = "") =>
        Template
            .Replace("DURATION", duration, StringComparison.Ordinal)
            .Replace("EXPECTED", expected, StringComparison.Ordinal)
            .Replace("PROTOCOL", protocol, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_leaves_a_result_folder_as_run_does()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "short.yaml"), Scenario("3s"));

        var (code, output) = await MeshsimProgram.RunAsync(folder, "live short.yaml --seed 7 --out live --verbose");
        _ = await MeshsimProgram.RunAsync(folder, "run short.yaml --seed 7 --out sim");

        Assert.True(code == 0, output);
        Assert.Contains("calibration: a request through one proxy takes", output, StringComparison.Ordinal);
        Assert.Contains("endpoint,svc-1,svc:8000,127.", output, StringComparison.Ordinal);
        Assert.Equal(["addresses.csv", .. Files("sim")], Files("live"));
        var (live, simulated) = (Read("live"), Read("sim"));
        Assert.Equal(simulated.GetProperty("summary").GetProperty("sent").GetInt64(), live.GetProperty("summary").GetProperty("sent").GetInt64()); // The same arrivals.
        Assert.True(live.GetProperty("machine").GetProperty("outsideNs").GetInt64() > 0);
        Assert.False(simulated.TryGetProperty("machine", out _));
    }

    [Fact]
    public async Task An_expectation_that_fails_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "short.yaml"), Scenario("2s", expected: "99%") + "\n- p50 <= 1ms\n");

        var (code, output) = await MeshsimProgram.RunAsync(folder, "live short.yaml --seed 7");

        Assert.Equal(1, code);
        Assert.Contains("NOT as expected", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "results", "short-live", "result.json")));
    }

    [Fact]
    public async Task What_does_not_run_over_sockets_is_bad_input()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "h2.yaml"), Scenario("3s", protocol: "http2_protocol_options: {},"));

        var (code, output) = await MeshsimProgram.RunAsync(folder, "live h2.yaml");

        Assert.Equal(2, code);
        Assert.Contains("proxy 'gateway': cluster 'svc', http2_protocol_options", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://localhost/", "accepted is http://host:port/path")]
    [InlineData("http://192.0.2.1/", "not this machine")]
    [InlineData("http://localhost/ --rps 0", "--rps 0 is not accepted")]
    [InlineData("http://localhost/ --rps 1000000 --duration 1h", "--rps 1000000 is not accepted")]
    [InlineData("http://localhost/ --duration 2h", "--duration 2h is not accepted")]
    [InlineData("http://localhost/ --connections 0", "--connections 0 is not accepted")]
    [InlineData("http://localhost/ -H nothing", "--header 'nothing' is not of the form")]
    public async Task A_load_that_cannot_be_sent_is_bad_input(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"load {arguments}");

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private IEnumerable<string> Files(string result) =>
        Directory.EnumerateFiles(Path.Combine(folder, result)).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private JsonElement Read(string result) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, result, "result.json"))).RootElement;
}
