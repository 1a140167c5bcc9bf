using System.Text.Json;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results.Tests;

public class NotebookTests
{
    [Fact]
    public async Task Cells_share_their_state_and_their_outputs_are_stored()
    {
        var outputs = await RunAsync("var x = 20;\nConsole.WriteLine(\"hi\");", "x + 1", "Display(new ScottPlot.Plot())");

        Assert.Equal("hi\n", outputs[0][0].GetProperty("text")[0].GetString());
        Assert.Equal("21", outputs[1][0].GetProperty("data").GetProperty("text/plain")[0].GetString());
        Assert.Equal(0x89, Convert.FromBase64String(outputs[2][0].GetProperty("data").GetProperty("image/png").GetString()!)[0]);
    }

    [Fact]
    public async Task A_cell_that_fails_is_named()
    {
        var error = await Assert.ThrowsAsync<NotebookException>(() => RunAsync("1", "throw new Exception(\"boom\");"));

        Assert.Contains("cell 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("boom", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_that_holds_is_said_and_one_that_does_not_is_an_error()
    {
        var outputs = await RunAsync("Claim(1 < 2, $\"{1.5} is less\");");
        var error = await Assert.ThrowsAsync<NotebookException>(() => RunAsync("Claim(2 < 1, $\"two is less\");"));

        Assert.Equal("Holds: 1.5 is less\n", outputs[0][0].GetProperty("text")[0].GetString());
        Assert.EndsWith("cell 1: this does not hold: two is less", error.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> RunAsync(params string[] cells)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                path,
                JsonSerializer.Serialize(
                    new
                    {
                        cells = cells.Select(source => new
                        {
                            cell_type = "code",
                            source = new[] { source },
                            outputs = Array.Empty<object>(),
                        }),
                        nbformat = 4,
                    }
                )
            );
            await new NotebookRunner(new NoHost()).RunAsync(path, CancellationToken.None);
            return
            [
                .. JsonDocument
                    .Parse(await File.ReadAllTextAsync(path))
                    .RootElement.GetProperty("cells")
                    .EnumerateArray()
                    .Select(cell => cell.GetProperty("outputs").Clone()),
            ];
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class NoHost : INotebookHost
    {
        public RunResult Run(string scenario, ulong seed, IReadOnlyCollection<string> settings) => throw new NotSupportedException();

        public RunResult Live(string scenario, ulong seed, IReadOnlyCollection<string> settings) => throw new NotSupportedException();
    }
}
