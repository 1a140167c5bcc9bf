using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Benchmarks.Engine;

/// <summary>Runs of the program itself, from its start to the written report: wall and processor time, memory; and what partitions, silos and replications gain.</summary>
internal static class WholeRuns
{
    private const int Rounds = 2;

    /// <summary>Meant to be below ten seconds: 60 s of 10,000 requests a second, eight passes through proxies each.</summary>
    public static void Report(string part)
    {
        var program = Program();
        var folder = Directory.CreateTempSubdirectory("meshsim-runs").FullName;
        try
        {
            Report(part, program, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(string part, string program, string folder)
    {
        Console.WriteLine("| run | wall, s | processor, s | memory, MB | wall / first of its round |");
        Console.WriteLine("|---|---|---|---|---|");
        var mesh = Write(folder, "mesh", EngineScenarios.MeshText(10_000, seconds: 60, warmUpSeconds: 1));
        var wide = Write(folder, "wide", EngineScenarios.MeshText(10_000, seconds: 20, warmUpSeconds: 1, latencyFloor: "20ms"));
        var small = Write(folder, "small", EngineScenarios.MeshText(2_000, seconds: 20, warmUpSeconds: 1));
        var tree = Write(folder, "tree", EngineScenarios.TreeText(1_000, ratePerSecond: 500, seconds: 10));
        var output = $"--seed 3 --out {Path.Combine(folder, "out")}";
        (string Name, string Arguments)[] runs = part switch
        {
            "partitions" => [("1 partition", $"run {mesh} {output} --partitions 1"), ("2 partitions", $"run {mesh} {output} --partitions 2")],
            "silos" =>
            [
                ("20 ms between all, 1 partition", $"run {wide} {output} --partitions 1"),
                ("the same, 2 partitions in one silo", $"run {wide} {output} --partitions 2"),
                ("the same, 2 silo processes", $"run {wide} {output} --partitions 2 --silos 2"),
                ("0.5 ms between all, 2 silo processes", $"run {mesh} {output} --partitions 2 --silos 2"),
            ],
            "replications" =>
            [
                ("1 at a time", $"sweep {small} {output}1 --seeds 8 --at-once 1"),
                ("2 at a time", $"sweep {small} {output}2 --seeds 8 --at-once 2"),
            ],
            _ =>
            [
                ("1,000 services, 5,000 endpoints", $"run {tree} {output} --partitions 1"),
                ("the same in 2 partitions", $"run {tree} {output} --partitions 2"),
            ],
        };
        for (var round = 0; round < Rounds; round++)
        {
            var first = 0.0;
            foreach (var (name, arguments) in runs)
            {
                Array.ForEach(Directory.GetDirectories(folder), static old => Directory.Delete(old, recursive: true)); // A sweep would go on.
                var (wall, processor, memory) = Measure(program, arguments);
                first = first == 0 ? wall : first;
                EngineComparison.Print($"| {name} | {wall:0.0} | {processor:0.0} | {memory:0} | {wall / first:0.00} |");
            }
        }
    }

    public static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name + ".yaml");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Seconds, processor seconds of the process itself, and the most memory it had, megabytes.</summary>
    private static (double Wall, double Processor, double MemoryMb) Measure(string program, string arguments)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var (memory, processor) = (0.0, 0.0);
        while (!process.WaitForExit(100))
        {
            (memory, processor) = (Math.Max(memory, PeakMb(process.Id)), ProcessorSeconds(process, processor));
        }

        _ = output.Result;
        return process.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(start).TotalSeconds, processor, memory)
            : throw new InvalidOperationException($"'meshsim {arguments}' ended with {process.ExitCode}: {error.Result}");
    }

    /// <summary>It is known only of one that runs; a tenth of a second may be missing.</summary>
    private static double ProcessorSeconds(Process process, double before)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        }
        catch (InvalidOperationException)
        {
            return before;
        }
    }

    private static double PeakMb(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
    }

    /// <summary>The program of this checkout, built.</summary>
    public static string Program()
    {
        var program = Path.Combine(RepositoryRoot(), "meshsim");
        _ = Measure(program, "--version"); // Builds it, where that is needed.
        return program;
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Sim.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("This is to be run in a checkout.");
        }

        return folder;
    }
}
