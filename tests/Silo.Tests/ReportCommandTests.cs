using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class ReportCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_writes_report_traces_statistics_and_JUnit_and_the_report_can_be_made_again()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "short.yaml"), LiveCommandTests.Scenario("5s"));

        var (code, output) = await MeshsimProgram.RunAsync(folder, "run short.yaml --seed 1 --out a --junit a.xml --json");
        var (again, _) = await MeshsimProgram.RunAsync(folder, "report a --out again.html");
        var (_, json) = await MeshsimProgram.RunAsync(folder, "report a --json");

        Assert.True(code == 0, output);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "a", "result.json")), output);
        Assert.Equal(0, again);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "a", "report.html")), await File.ReadAllTextAsync(Path.Combine(folder, "again.html")));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "a", "report.json")), json);
        Assert.Equal(1UL, JsonDocument.Parse(json).RootElement.GetProperty("seed").GetUInt64());
        Assert.StartsWith("<?xml", await File.ReadAllTextAsync(Path.Combine(folder, "a.xml")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "a", "traces.otlp.json")) && File.Exists(Path.Combine(folder, "a", "traces.zipkin.json")));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "a", "stats")));
    }

    [Theory]
    [InlineData("report nowhere", "'nowhere' has no report.json. 'meshsim run' and 'meshsim live' write it")]
    [InlineData("run seed-httpbin --until p99<3", "--until 'p99<3' is not accepted; accepted is a figure")]
    [InlineData("run seed-httpbin --access-log gatewy", "--access-log gatewy: there is no such proxy; there is gateway; did you mean 'gateway'?")]
    [InlineData("run seed-httpbin --access-log gateway", "--access-log gateway: its configuration has no access_log")]
    public async Task What_cannot_be_done_is_told_with_what_can(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
