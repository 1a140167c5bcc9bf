using System.Xml.Linq;

namespace MeshSim.Silo.Tests;

public sealed class TestLibraryCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Runs_both_variants_draws_a_chart_and_writes_a_report_for_CI()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, "test-library second-ejection-late --junit junit.xml");

        Assert.Equal(0, code);
        Assert.Contains("│ second-ejection-late       │ as expected │       4 of 4 │", output, StringComparison.Ordinal);
        Assert.Contains("│ second-ejection-late/fixed │ as expected │       3 of 3 │", output, StringComparison.Ordinal);
        Assert.Contains("Scenarios: 0, incidents: 1, not as expected: 0; in ", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(folder, "results", "library", "second-ejection-late.png")).Length > 1_000);
        var suites = XDocument.Load(Path.Combine(folder, "junit.xml")).Root!;
        Assert.Equal(("7", "0"), (suites.Attribute("tests")!.Value, suites.Attribute("failures")!.Value));
        Assert.Equal(
            ["second-ejection-late", "second-ejection-late/fixed"],
            suites.Elements("testsuite").Select(static suite => suite.Attribute("name")!.Value)
        );
    }

    [Theory]
    [InlineData("test-library second-ejection-lat", "did you mean 'second-ejection-late'?")]
    [InlineData("test-library --at-once 0", "accepted is 1 to 1024")]
    [InlineData("test-library second-ejection-late --docs page.md", "leave names and --seed away")]
    [InlineData("run second-ejection-late/fixd", "did you mean 'second-ejection-late/fixed'?")]
    public async Task Bad_input_is_told_and_exits_with_2(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variants_of_an_incident_are_scenarios_like_others()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, "run second-ejection-late/fixed --seed 1");
        Assert.Equal(0, code);
        Assert.Contains("errors svc == 30 ± 0: 30", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "results", "second-ejection-late-fixed", "report.html")));

        (code, output) = await MeshsimProgram.RunAsync(folder, "scenario expand second-ejection-late");
        Assert.Equal(0, code);
        Assert.Contains("config: envoy.yaml", output, StringComparison.Ordinal);
    }
}
