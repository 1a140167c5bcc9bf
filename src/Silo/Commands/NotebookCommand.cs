using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MeshSim.Scenarios.Live;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MeshSim.Silo;

/// <summary><c>meshsim notebook run</c>: executes notebooks headless and stores their outputs.</summary>
internal static class NotebookCommand
{
    private static readonly Argument<string> Target = new("path") { Description = "A notebook, or a folder of notebooks" };

    public static Command Create()
    {
        var run = new Command("run", "Run every cell and store the outputs") { Target };
        run.SetAction(RunAsync);
        return new Command("notebook", "Work with notebooks") { run };
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var target = arguments.GetValue(Target)!;
        string[] notebooks = Directory.Exists(target) ? [.. Directory.GetFiles(target, "*.ipynb").Order(StringComparer.Ordinal)] : [target];
        if (notebooks.Length == 0 || !File.Exists(notebooks[0]))
        {
            throw new BadInputException($"no notebook at '{target}'");
        }

        using var silo = await SiloHost.StartAloneAsync().ConfigureAwait(false);
        var runner = new NotebookRunner(new SiloNotebookHost(silo));
        foreach (var notebook in notebooks)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                await runner.RunAsync(notebook, cancellation).ConfigureAwait(false);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ran {notebook} in {watch.Elapsed.TotalSeconds:0.0} s"));
            }
            catch (NotebookException e)
            {
                await Console.Error.WriteLineAsync($"meshsim: {e.Message}").ConfigureAwait(false);
                return ExitCodes.ExpectationFailed;
            }
        }

        return ExitCodes.Fine;
    }

    private sealed class SiloNotebookHost(IHost silo) : INotebookHost
    {
        public RunResult Run(string scenario, ulong seed, IReadOnlyCollection<string> settings)
        {
            var (source, loaded) = Load(scenario, settings);
            return Task.Run(() => RunAsync(source, loaded, seed)).GetAwaiter().GetResult();
        }

        public RunResult Live(string scenario, ulong seed, IReadOnlyCollection<string> settings)
        {
            var (_, loaded) = Load(scenario, settings);
            return Task.Run(() => LiveAsync(loaded, seed)).GetAwaiter().GetResult();
        }

        /// <summary>What has several lines is a scenario itself.</summary>
        private static (ScenarioSource Source, Scenario Scenario) Load(string scenario, IReadOnlyCollection<string> settings)
        {
            var source = scenario.Contains('\n', StringComparison.Ordinal)
                ? ScenarioSource.OfText(scenario, "cell.yaml", Environment.CurrentDirectory, settings)
                : ScenarioSource.Open(scenario, settings);
            return (source, source.Result.Scenario ?? throw new CellException(string.Join(Environment.NewLine, source.Result.Problems)));
        }

        private async Task<RunResult> RunAsync(ScenarioSource source, Scenario scenario, ulong seed)
        {
            var request = source.Request(seed, partitions: 1);
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            var (result, _) = await GrainRunner.RunAsync(grains, request, scenario, static _ => { }, CancellationToken.None).ConfigureAwait(false);
            return result;
        }

        private static async Task<RunResult> LiveAsync(Scenario scenario, ulong seed)
        {
            var rate = scenario.Load.Sum(static load => load.MeanRate);
            var machineNs = await MachineCalibration.MeasureNsAsync(rate, CancellationToken.None).ConfigureAwait(false);
            var run = await LiveRun.StartAsync(scenario, new LiveRunOptions { Seed = seed, MachineNs = machineNs }).ConfigureAwait(false);
            await using (run.ConfigureAwait(false))
            {
                return await run.RunAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
