using System.Text.Json;

namespace MeshSim.Silo.Tests;

/// <summary>A scenario from an access log, as a user makes it: the example of the documentation, and what goes wrong.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    private static string Shop => Path.Combine(AppContext.BaseDirectory, "examples", "shop");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// As much load as there was gives what the log says; twice as much breaks at the breaker. The log has p50 15 ms, p90 169 ms, and all
    /// answers are 200.
    /// </summary>
    [Fact]
    public async Task The_example_holds_the_load_it_had_and_breaks_at_twice_as_much()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"import access-log {Shop}/access.log --config {Shop}/config_dump.json --out shop");
        Assert.True(code == 0, output);
        Assert.Contains("access.log:1: it does not have the form of the format", output, StringComparison.Ordinal);
        Assert.Contains("1 of 1770 lines left out", output, StringComparison.Ordinal);
        Assert.Contains("1769 in 39.9 s, 44.3 a second", output, StringComparison.Ordinal);

        var once = await RunAsync("run shop/scenario.yaml --seed 5 --json --out once");
        var twice = await RunAsync("run shop/scenario.yaml --seed 5 --set vars.load=2 --json --out twice");

        Assert.Equal((1769, 1769), (Answers(once, "200"), once.GetProperty("summary").GetProperty("sent").GetInt64()));
        Assert.Equal(2 * 1769, twice.GetProperty("summary").GetProperty("sent").GetInt64());
        var failed = Answers(twice, "503");
        Assert.InRange(failed, 1, 200);
        Assert.Equal(2 * 1769, failed + Answers(twice, "200"));
        Assert.Equal(failed, twice.GetProperty("proxies")[0].GetProperty("responses").GetProperty("503 UO").GetInt64());
    }

    [Theory]
    [InlineData("import access-log nowhere.log", "cannot read 'nowhere.log'")]
    [InlineData(
        "import access-log a.log",
        "'a.log' has no request that could be read, of 1 lines, in the format nearest to it (envoy); say with --format how its lines are written"
    )]
    [InlineData("import access-log a.log --format enovy", "did you mean 'envoy'?")]
    [InlineData("import access-log a.log --config a.log", "nothing was imported.")]
    [InlineData("import access-log a.log --times exact", "Argument 'exact' not recognized")]
    public async Task What_cannot_be_imported_is_told(string arguments, string message)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "a.log"), "no log\n");

        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> RunAsync(string arguments)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);
        Assert.True(code == 0, output);
        return JsonDocument.Parse(output[output.IndexOf('{')..(output.LastIndexOf('}') + 1)]).RootElement;
    }

    private static long Answers(JsonElement result, string status) =>
        result.GetProperty("summary").GetProperty("byStatus").TryGetProperty(status, out var count) ? count.GetInt64() : 0;
}
