namespace MeshSim.Silo.Tests;

public sealed class SweepCommandTests : IDisposable
{
    private const string Sweep = "sweep seed-httpbin --set duration=20s --vary load[0].rate=50/s,100/s --vary services.httpbin.workers=1,2 --seeds 5 --out out";
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Half of the runs are there, the last line torn: the same command goes on and ends with the same table.</summary>
    [Fact]
    public async Task An_interrupted_sweep_goes_on_and_ends_with_the_same_table()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, Sweep);
        Assert.True(code == 0, output);
        var (runs, csv) = (File.ReadAllLines(Out("runs.jsonl")), File.ReadAllText(Out("sweep.csv")));
        Assert.Equal(1 + 20, runs.Length);
        File.WriteAllText(Out("runs.jsonl"), string.Join('\n', runs.Take(11)) + "\n" + runs[11][..20]);

        (code, output) = await MeshsimProgram.RunAsync(folder, Sweep);

        Assert.True(code == 0, output);
        Assert.Equal(csv, File.ReadAllText(Out("sweep.csv")));
        Assert.Equal(runs.Take(11), File.ReadAllLines(Out("runs.jsonl")).Take(11));
        Assert.Equal(runs.Order(StringComparer.Ordinal), File.ReadAllLines(Out("runs.jsonl")).Order(StringComparer.Ordinal));
    }

    /// <summary>Where nobody asks there is no success rate and no latency: neither 100 % nor 0 ms.</summary>
    [Fact]
    public async Task What_no_answer_tells_of_is_left_empty()
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, "sweep seed-httpbin --set duration=9s --set load[0].rate=0.0001/s --seeds 2 --out out");

        Assert.True(code == 0, output);
        var rows = File.ReadAllLines(Out("sweep.csv")).Select(static line => line.Split(',')).ToArray();
        var figures = rows[0].Zip(rows[1]).ToDictionary();
        Assert.Equal(("0", "", ""), (figures["sent"], figures["success_%"], figures["p99_ms"]));
    }

    [Fact]
    public async Task A_folder_with_another_sweep_is_left_alone()
    {
        _ = Directory.CreateDirectory(Path.Combine(folder, "out"));
        File.WriteAllText(Out("runs.jsonl"), "{\"scenario\":\"other\"}\n");

        var (code, output) = await MeshsimProgram.RunAsync(folder, Sweep);

        Assert.Equal(2, code);
        Assert.Contains("is of another sweep", output, StringComparison.Ordinal);
        Assert.Equal("{\"scenario\":\"other\"}\n", File.ReadAllText(Out("runs.jsonl")));
    }

    [Theory]
    [InlineData("--vary rate", "--vary rate is not accepted")]
    [InlineData("--vary load[0].rate=1/s,,2/s", "is not accepted; accepted is path=value")]
    [InlineData("--vary load[0].rate=fast", "'fast' is not accepted; accepted is a rate")]
    [InlineData("--seeds 0", "--seeds 0 is not accepted")]
    public async Task What_cannot_be_swept_is_told(string arguments, string told)
    {
        var (code, output) = await MeshsimProgram.RunAsync(folder, $"sweep seed-httpbin {arguments}");

        Assert.Equal(2, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
    }

    private string Out(string name) => Path.Combine(folder, "out", name);
}
