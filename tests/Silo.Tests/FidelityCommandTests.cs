using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class FidelityCommandTests : IDisposable
{
    private const string Example = "one_of_two_fails.json";

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;
    private readonly string example = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "examples", Example));

    public FidelityCommandTests() => File.WriteAllText(Path.Combine(folder, Example), example);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_is_simulated_right_is_inside_with_chart_and_data()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"fidelity {Example} --out charts");

        Assert.Equal(0, code);
        Assert.Contains("cluster.svc.upstream_rq_retry_limit_exceeded", output, StringComparison.Ordinal);
        Assert.Contains("inside  one_of_two_fails: 9 inside tolerance, 1 too noisy, not judged", output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(Path.Combine(folder, "charts", "one_of_two_fails.png")))[..4]);
        var saved = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "charts", "fidelity.json"))).RootElement;
        Assert.True(saved.GetProperty("inside").GetBoolean());
        Assert.Equal(400, saved.GetProperty("experiments")[0].GetProperty("seeds").GetInt32());
    }

    /// <summary>A server that was measured four times as fast: the simulation of the slow one is outside.</summary>
    [Fact]
    public async Task What_is_simulated_wrong_is_outside()
    {
        File.WriteAllText(Path.Combine(folder, Example), example.Replace("\"mean_ms\": 10", "\"mean_ms\": 40", StringComparison.Ordinal));

        var (code, output) = await MeshsimProgram.RunAsync(folder, $"fidelity {Example} --seeds 20");

        Assert.Equal(1, code);
        Assert.Contains("OUTSIDE one_of_two_fails:", output, StringComparison.Ordinal);
        Assert.Contains("with fewer than 60 the intervals are rough", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seeds_give_the_same_bytes_whatever_the_partitions()
    {
        var (_, one) = await MeshsimProgram.RunAsync(folder, $"fidelity {Example} --seeds 10 --json");
        var (_, again) = await MeshsimProgram.RunAsync(folder, $"fidelity {Example} --seeds 10 --partitions 3 --json");

        Assert.Equal(10, JsonDocument.Parse(one).RootElement.GetProperty("experiments")[0].GetProperty("figures").GetArrayLength());
        Assert.Equal(one, again);
    }

    [Theory]
    [InlineData("one_of_two_fails.json nowhere.json", "cannot read 'nowhere.json'")]
    [InlineData("one_of_two_fails.json bad.json", "error: bad.json:1:2: unknown_field: unknown field 'unknown_field'")]
    [InlineData("broken.json", "error: broken.json:1:2: not valid JSON")]
    [InlineData("one_of_two_fails.json ./one_of_two_fails.json", "two experiments have the name 'one_of_two_fails'")]
    [InlineData("one_of_two_fails.json --partitions 0", "--partitions 0 is not accepted; accepted are 1 to 64")]
    [InlineData("one_of_two_fails.json --seeds 2", "--seeds 2 is not accepted; accepted are 3, as many as were measured, to 10000")]
    public async Task Bad_input_is_told(string arguments, string message)
    {
        File.WriteAllText(Path.Combine(folder, "bad.json"), "{\"unknown_field\": 1}");
        File.WriteAllText(Path.Combine(folder, "broken.json"), "{");

        var (code, output) = await MeshsimProgram.RunAsync(folder, $"fidelity {arguments}");

        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
