using System.Text.Json;

namespace MeshSim.Silo.Tests;

public sealed class CompareCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Other_seeds_are_equivalent_and_other_retries_are_not()
    {
        await RunAsync("seed-httpbin", 7, "a");
        await RunAsync("seed-httpbin", 8, "b");
        await RunAsync("seed-httpbin-retry", 7, "c");

        var (same, sameOutput) = await MeshsimProgram.RunAsync(folder, "compare a b --out charts");
        var (other, otherOutput) = await MeshsimProgram.RunAsync(folder, "compare a c --json");

        Assert.Equal(0, same);
        Assert.Contains("EQUIVALENT: 7 equivalent.", sameOutput, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(Path.Combine(folder, "charts", "comparison.png")))[..4]);
        Assert.Equal(1, other);
        var json = JsonDocument.Parse(otherOutput).RootElement;
        Assert.Equal("different", json.GetProperty("verdict").GetString());
        Assert.Equal("different", Verdict(json, "success"));
        Assert.Equal("different", Verdict(json, "gateway cluster.httpbin_service.upstream_rq_retry"));
    }

    [Fact]
    public async Task Too_few_requests_have_an_exit_code_of_their_own()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "short.yaml"), LiveCommandTests.Scenario("10s"));
        await RunAsync("short.yaml", 1, "a");
        await RunAsync("short.yaml", 2, "b");

        var (code, output) = await MeshsimProgram.RunAsync(folder, "compare a b");

        Assert.Equal(4, code);
        Assert.Contains("CANNOT TELL YET", output, StringComparison.Ordinal);
        Assert.Contains("with fewer than 5000 nothing is called equivalent", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_result_is_told_with_its_place()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "short.yaml"), LiveCommandTests.Scenario("3s"));
        await RunAsync("short.yaml", 1, "a");
        await RunAsync("short.yaml", 1, "broken");
        await File.AppendAllTextAsync(Path.Combine(folder, "broken", "seconds.jsonl"), "{\"second\": 3}\n");

        await AssertBadAsync("compare a nowhere", "'nowhere' is no result folder");
        await AssertBadAsync("compare a broken", "broken/seconds.jsonl:4: ");
    }

    private static string? Verdict(JsonElement json, string figure) =>
        json.GetProperty("figures").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == figure).GetProperty("verdict").GetString();

    private async Task RunAsync(string scenario, int seed, string result)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"run {scenario} --seed {seed} --out {result}");
        Assert.True(code == 0, output);
    }

    private async Task AssertBadAsync(string arguments, string message)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, arguments);
        Assert.Equal(2, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }
}
