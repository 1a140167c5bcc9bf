namespace MeshSim.Silo.Tests;

/// <summary>The program as a user starts it: what it prints and how it exits.</summary>
public class CommandLineTests
{
    private const string FiveMistakes = """
        static_resources:
          listeners:
            - name: main
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              filter_chains:
                - filters:
                    - name: hcm
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                        stat_prefix: x
                        unheard_of: 1
                        http_filters: [{name: lua, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}]
                        route_config:
                          virtual_hosts: [{name: a, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster: nowhere, timeout: 5}}]}]
          clusters: [{name: c, type: STATIC}, {name: c, type: STATIC}]
        """;

    [Theory]
    [InlineData("proxy -c envoy.yaml")]
    [InlineData("proxy --mode validate -c envoy.yaml")]
    [InlineData("run five.yaml")]
    public async Task Five_mistakes_are_five_located_problems_and_exit_code_2(string arguments)
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "envoy.yaml"), FiveMistakes);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "five.yaml"),
            "name: five\nduration: 1s\nproxies: [{name: g, config: envoy.yaml}]\nservices: [{name: s, service_time: {constant: 1ms}}]\nload: [{to: g, rate: 1/s}]\n"
        );

        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(2, code);
        Assert.Equal(
            5,
            output
                .Split('\n')
                .Count(line => line.Contains("envoy.yaml:", StringComparison.Ordinal) && line.Contains(": static_resources.", StringComparison.Ordinal))
        );
        Assert.Contains("5 problems; nothing was started.", output, StringComparison.Ordinal);
    }

    /// <summary>What is expanded or set is sent on as YAML, from whatever it was.</summary>
    [Fact]
    public async Task A_scenario_in_JSON_is_the_same_as_in_YAML()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "a.json"),
            """{"name": "a", "duration": "2s", "mesh": {"gateway": {"to": "s"}, "services": [{"name": "s", "service_time": "1ms"}]}, "load": {"to": "gateway", "rate": "9/s"}}"""
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "a.yaml"),
            "name: a\nduration: 2s\nmesh: {gateway: {to: s}, services: [{name: s, service_time: 1ms}]}\nload: {to: gateway, rate: 9/s}\n"
        );

        var (code, output) = await MeshsimProgram.RunAsync(folder, "run a.json --seed 1 --set load.rate=50/s");
        var (_, same) = await MeshsimProgram.RunAsync(folder, "run a.yaml --seed 1 --set load.rate=50/s");

        Directory.Delete(folder, recursive: true);
        Assert.True(code == 0, output);
        Assert.Equal(Hash(same), Hash(output));

        static string Hash(string text) => Assert.Single(text.Split('\n'), static line => line.Contains("result hash", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("run no-such-scenario", "no scenario 'no-such-scenario'")]
    [InlineData("run seed-httpbn", "did you mean 'seed-httpbin'?")]
    [InlineData("run seed-httpbin --partitions 0", "accepted is 1 to 1024")]
    [InlineData("proxy", "no configuration")]
    [InlineData("proxy -c /nowhere.yaml", "cannot read '/nowhere.yaml'")]
    [InlineData("proxy --config-yaml {} --resolve x", "not of the form NAME:ADDRESS")]
    [InlineData("frobnicate", "--help")]
    public async Task Bad_input_is_told_and_exits_with_2(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(Path.GetTempPath(), arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_library_is_listed()
    {
        var (code, output) = await MeshsimProgram.RunAsync(Path.GetTempPath(), "list");

        Assert.Equal(0, code);
        Assert.Contains("seed-httpbin ", output, StringComparison.Ordinal);
    }
}
