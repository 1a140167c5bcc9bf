using System.Net.Sockets;
using System.Text;
using MeshSim.ProxyRuntime.Config;
using MeshSim.ProxyRuntime.Live;

namespace MeshSim.Silo.Tests;

public sealed class ReplayCommandTests : IAsyncLifetime
{
    private const string Config = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: hcm
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: in
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 204}}]}]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private string Recording => Path.Combine(folder, "recording");

    /// <summary>One request through a live proxy.</summary>
    public async Task InitializeAsync()
    {
        var options = new LiveProxyOptions { Concurrency = 1, RecordPath = Recording };
        await using var proxy = await LiveProxy.StartAsync(BootstrapLoader.Load(Config, "a.yaml").Snapshot!, Config, options);
        using var client = new TcpClient();
        await client.ConnectAsync(proxy.Listeners["main"]);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 204", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_recording_does_the_same_again()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, "replay recording");
        Assert.Matches("^[0-9]+ inputs, 1 worker\\(s\\), seed [0-9]+: the same effects and deadlines\n$", output);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task The_first_difference_is_told()
    {
        var lines = await File.ReadAllLinesAsync(Recording);
        var at = Array.FindIndex(
            lines,
            static line => line.Contains("LocalReply", StringComparison.Ordinal) || line.Contains("204", StringComparison.Ordinal) && !line.StartsWith('#')
        );
        lines[at] = lines[at].Replace("204", "205", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Recording, lines);
        var (code, output) = await MeshsimProgram.RunAsync(folder, "replay recording");
        Assert.Contains($": first difference in line {at + 1}\n", output, StringComparison.Ordinal);
        Assert.Equal(1, code);
    }

    [Theory]
    [InlineData("something else\n", "A recording begins with")]
    [InlineData(null, "cannot be read")]
    public async Task What_is_no_recording_is_said_to_be_none(string? text, string message)
    {
        if (text is null)
        {
            await File.AppendAllTextAsync(Recording, "0 > 12 Nonsense\n");
        }
        else
        {
            await File.WriteAllTextAsync(Recording, text);
        }

        var (code, output) = await MeshsimProgram.RunAsync(folder, "replay recording");
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Equal(2, code);
    }
}
