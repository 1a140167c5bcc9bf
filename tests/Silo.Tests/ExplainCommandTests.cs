using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Config = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 0.0.0.0, port_value: 10000}}
              filter_chains:
                - filters:
                    - name: hcm
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: x
                        http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                        route_config:
                          virtual_hosts:
                            - name: a
                              domains: ["*"]
                              routes:
                                - {name: file, match: {path: /file}, direct_response: {status: 200, body: {filename: body.txt}}}
                                - {name: all, match: {prefix: /}, route: {cluster: c}}
          clusters: [{name: c, load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}}]}]}}]
        """;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public ExplainCommandTests()
    {
        File.WriteAllText(Path.Combine(folder, "envoy.yaml"), Config);
        File.WriteAllText(Path.Combine(folder, "body.txt"), "from a file");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_request_is_explained()
    {
        var (code, output) = await MeshsimProgram.RunAsync(
            folder,
            "explain -c envoy.yaml --request \"POST http://web.test/x\" -H \"x-a: 1\" --body-bytes 7 --from 198.51.100.9 --status 204 --random 5"
        );

        Assert.Equal(0, code);
        Assert.StartsWith(
            "POST http://web.test/x\nfrom 198.51.100.9, 7 bytes of body; random number 5; hosts are taken to answer 204\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("\nROUTE  'all', number 2 of virtual host 'a', the table\n", output, StringComparison.Ordinal);
        Assert.Contains("RESULT  204, no flags, via_upstream", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_programs_there_is_JSON_and_files_are_read()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, "explain -c envoy.yaml --json --request \"GET http://web.test/file\"");

        Assert.Equal(0, code);
        using var document = JsonDocument.Parse(output);
        Assert.Equal("from a file", document.RootElement.GetProperty("result").GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("--request \"GET ftp://a\"", "meshsim: --request: 'ftp://a' is no URL")]
    [InlineData("--request \"GET http://a\" -H nonsense", "meshsim: -H: header 'nonsense' is not of the form")]
    [InlineData("--request \"GET http://a\" --listener other", "meshsim: --listener: there is no listener 'other'; there is: 'main' on 0.0.0.0:10000")]
    [InlineData("--request \"GET http://a\" --from nobody", "meshsim: --from nobody is no IP address")]
    [InlineData("--request \"GET http://a\" --status 100", "meshsim: --status 100 is not accepted")]
    [InlineData("--request \"GET http://a\" --body-bytes -1", "meshsim: --body-bytes -1 is not accepted")]
    [InlineData("", "--request")]
    public async Task Bad_input_is_told_and_exits_with_2(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"explain -c envoy.yaml {arguments}");

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_the_configuration_are_told_with_their_place()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "wrong.yaml"), Config.Replace("cluster: c}}", "cluster: d}}", StringComparison.Ordinal));
        var (code, output) = await MeshsimProgram.RunAsync(folder, "explain -c wrong.yaml --request \"GET http://a\"");

        Assert.Equal(2, code);
        Assert.Contains("wrong.yaml:18:", output, StringComparison.Ordinal);
        Assert.Contains("route: unknown cluster 'd'", output, StringComparison.Ordinal);
        Assert.Contains("1 problem; nothing was explained.", output, StringComparison.Ordinal);
    }
}
