using System.CommandLine;
using MeshSim.Scenarios.Model;
using MeshSim.Scenarios.Results;
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

        using var silo = await EmbeddedSilo.StartAsync().ConfigureAwait(false);
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
                : Task.Run(() =>
                        GrainRunner.RunAsync(silo.Services, source, seed, partitions: 1, new RunExtras(), static (_, _) => { }, CancellationToken.None)
                    )
                    .GetAwaiter()
                    .GetResult();
        }
    }
}
