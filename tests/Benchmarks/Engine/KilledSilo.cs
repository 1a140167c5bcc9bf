using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Benchmarks.Engine;

/// <summary>What it costs a run that one of its two silo processes is killed when half of the time is over.</summary>
internal static class KilledSilo
{
    private const int Rounds = 3;

    public static void Report()
    {
        var program = WholeRuns.Program();
        var folder = Directory.CreateTempSubdirectory("meshsim-kill").FullName;
        try
        {
            var scenario = WholeRuns.Write(folder, "mesh", EngineScenarios.MeshText(2_000, seconds: 60, warmUpSeconds: 1, latencyFloor: "20ms"));
            var arguments = $"run {scenario} --seed 3 --partitions 4 --silos 2 --verbose --out {Path.Combine(folder, "out")}";
            Console.WriteLine("| undisturbed, s | one of two silos killed at half of that, s | ratio | executed again | hash |");
            Console.WriteLine("|---|---|---|---|---|");
            for (var round = 0; round < Rounds; round++)
            {
                var whole = Run(program, arguments, killAfter: null);
                var killed = Run(program, arguments, whole.Wall / 2);
                var again =
                    killed.Output.Split('\n').FirstOrDefault(static line => line.Contains("Executed again", StringComparison.Ordinal))?.Trim() ?? "nothing";
                var hash = whole.Hash == killed.Hash ? "the same" : "DIFFERENT";
                EngineComparison.Print(
                    $"| {whole.Wall.TotalSeconds:0.0} | {killed.Wall.TotalSeconds:0.0} | {killed.Wall / whole.Wall:0.00} | {again} | {hash} |"
                );
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (TimeSpan Wall, string Hash, string Output) Run(string program, string arguments, TimeSpan? killAfter)
    {
        var start = Stopwatch.GetTimestamp();
        using var run = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = run.StandardError.ReadToEndAsync();
        var output = new List<string>();
        while (run.StandardOutput.ReadLine() is { } line)
        {
            output.Add(line);
            if (killAfter is { } wait && line.Contains("silo processes", StringComparison.Ordinal))
            {
                _ = KillAsync(int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), wait - Stopwatch.GetElapsedTime(start));
            }
        }

        run.WaitForExit();
        var text = string.Join('\n', output);
        return run.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(start), output.First(static line => line.Contains("result hash", StringComparison.Ordinal)), text)
            : throw new InvalidOperationException($"'meshsim {arguments}' ended with {run.ExitCode}: {errors.Result}");
    }

    private static async Task KillAsync(int process, TimeSpan wait)
    {
        await Task.Delay(wait).ConfigureAwait(false);
        using var silo = Process.GetProcessById(process);
        silo.Kill();
    }
}
