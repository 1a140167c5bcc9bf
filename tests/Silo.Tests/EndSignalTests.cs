using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Silo.Tests;

/// <summary>What Ctrl-C and SIGTERM do to commands that take long.</summary>
public sealed class EndSignalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meshsim").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A terminal sends Ctrl-C to the whole group of processes, silos of the run among them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_that_is_interrupted_keeps_what_was_computed(int silos)
    {
        await using var run = RunningMeshsim.Start(
            folder,
            ["run", "seed-httpbin", "--set", "duration=1000000s", "--silos", silos.ToString(CultureInfo.InvariantCulture), "--verbose", "--out", "out"]
        );
        var child = silos == 1 ? null : await run.LineAsync("silo processes");
        _ = await run.LineAsync(" events");

        Signal("INT", child is null ? null : child[(child.LastIndexOf(' ') + 1)..]);
        Signal("INT", run.Id.ToString(CultureInfo.InvariantCulture));

        var (_, output) = await run.EndAsync();
        Assert.Contains("Ended early, at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Executed again", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "out", "result.json")));
    }

    [Fact]
    public async Task A_sweep_that_is_interrupted_says_how_to_go_on()
    {
        await using var sweep = RunningMeshsim.Start(folder, ["sweep", "seed-httpbin", "--set", "duration=20s", "--seeds", "100000", "--out", "out"]);
        var runs = Path.Combine(folder, "out", "runs.jsonl");
        for (var tries = 0; tries < 600 && !(File.Exists(runs) && File.ReadAllLines(runs).Length > 2); tries++)
        {
            await Task.Delay(100);
        }

        Signal("INT", sweep.Id.ToString(CultureInfo.InvariantCulture));

        var (code, output) = await sweep.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("of 100000 runs are done. The same command goes on", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_is_terminated_ends()
    {
        await using var silo = RunningMeshsim.Start(
            folder,
            ["silo", "--cluster-id", "ended", "--port", FreePorts.Pair().ToString(CultureInfo.InvariantCulture)]
        );
        _ = await silo.LineAsync("is in cluster ended");

        Signal("TERM", silo.Id.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(0, (await silo.EndAsync()).Code);
    }

    private static void Signal(string name, string? process)
    {
        if (process is not null)
        {
            using var kill = Process.Start("kill", [$"-{name}", process]);
            kill.WaitForExit();
        }
    }
}
