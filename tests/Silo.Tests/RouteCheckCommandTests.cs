namespace MeshSim.Silo.Tests;

public sealed class RouteCheckCommandTests : IDisposable
{
    private const string Table = """
        virtual_hosts:
          - name: web
            domains: ["*"]
            routes:
              - {match: {prefix: /a}, route: {cluster: one}}
              - {match: {prefix: /}, route: {cluster: two}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public RouteCheckCommandTests()
    {
        File.WriteAllText(Path.Combine(folder, "table.yaml"), Table);
        File.WriteAllText(
            Path.Combine(folder, "good.json"),
            """{"tests": [{"test_name": "first", "input": {"authority": "h", "path": "/a", "method": "GET"}, "validate": {"cluster_name": "one"},},]}"""
        );
        File.WriteAllText(
            Path.Combine(folder, "bad.yaml"),
            "tests: [{test_name: first, input: {authority: h, path: /b, method: GET}, validate: {cluster_name: one}}]"
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("-t good.json", 0, "Current route coverage: 50%\n")]
    [InlineData("-t good.json -d", 0, "first\nCurrent route coverage: 50%\n")]
    [InlineData("-t good.json -f 60", 1, "Current route coverage: 50%\nFailed to meet coverage requirement: 60%\n")]
    [InlineData("-t good.json --covall", 0, "Missing test for host: web, route: prefix: \"/\"\n\nCurrent route coverage: 10%\n")]
    [InlineData("-t good.json --detailed-coverage", 0, "Missing test for host: web, route name: -virtual_hosts[0].routes[1]\nCurrent route coverage: 50%\n")]
    [InlineData("-t bad.yaml --only-show-failures", 1, "first\nexpected: [one], actual: [two], test type: cluster_name\n")]
    [InlineData("-t bad.yaml --disable-deprecation-check", 1, "1 of 1 tests failed; --only-show-failures tells what\n")]
    public async Task It_prints_and_exits_as_the_tool_does(string arguments, int expectedCode, string expected)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"route-check -c table.yaml {arguments}");

        Assert.Equal((expectedCode, expected), (code, output));
    }

    [Fact]
    public async Task Results_go_to_a_file()
    {
        _ = await MeshsimProgram.RunAsync(folder, "route-check -c table.yaml -t good.json -o results.bin");

        // ValidationResult { test_results { test_name: "first" test_passed: true } }
        Assert.Equal([0x0A, 9, 0x0A, 5, .. "first"u8, 0x10, 1], await File.ReadAllBytesAsync(Path.Combine(folder, "results.bin")));
    }

    [Theory]
    [InlineData("-c table.yaml -t nowhere.yaml", "cannot read 'nowhere.yaml'")]
    [InlineData("-c table.yaml -t table.yaml", "table.yaml:1:1: virtual_hosts: unknown field 'virtual_hosts' in envoy.RouterCheckToolSchema.Validation")]
    [InlineData("-c bad.yaml -t good.json", "bad.yaml:1:1: tests: unknown field 'tests' in envoy.config.route.v3.RouteConfiguration")]
    [InlineData("-c table.yaml -t good.json -o /nowhere/results", "cannot write '/nowhere/results'")]
    [InlineData("-c table.yaml -t good.json --route-config x", "there is no route table named 'x'")]
    [InlineData("-c table.yaml", "--test-path")]
    [InlineData("-t good.json", "no configuration")]
    public async Task Bad_input_is_told_and_exits_with_2(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"route-check {arguments}");

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
