using System.CommandLine;
using MeshSim.Grains.Contracts;
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
            try
            {
                await runner.RunAsync(notebook, cancellation).ConfigureAwait(false);
                Console.WriteLine($"ran {notebook}");
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
        public RunResult Run(string scenario, ulong seed)
        {
            var source = ScenarioSource.Open(scenario);
            return source.Result.Scenario is null
                ? throw new BadInputException(string.Join(Environment.NewLine, source.Result.Problems))
                : Task.Run(() => RunAsync(source, source.Result.Scenario, seed)).GetAwaiter().GetResult();
        }

        private async Task<RunResult> RunAsync(ScenarioSource source, Scenario scenario, ulong seed)
        {
            var request = new RunRequest(Guid.NewGuid().ToString("N"), source.File, source.Text, source.Files, seed, Partitions: 1);
            var grains = silo.Services.GetRequiredService<IGrainFactory>();
            var (result, _) = await GrainRunner.RunAsync(grains, request, scenario, static _ => { }, CancellationToken.None).ConfigureAwait(false);
            return result;
        }
    }
}
