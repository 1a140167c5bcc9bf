using System.Collections.Concurrent;

namespace MeshSim.Mutation;

/// <summary>Writes the mutated assembly beside a copy of the tests and tries each mutant that is asked for.</summary>
internal sealed class MutationRun(RunOptions options)
{
    public async Task<RunResult> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("mutation").FullName;
        try
        {
            Copy(AppContext.BaseDirectory, folder);
            var assembly = new MutatedAssembly(options.Project, "MeshSim.ProxyRuntime.Core", RunOptions.Sources);
            assembly.WriteTo(Path.Combine(folder, "MeshSim.ProxyRuntime.Core.dll"));
            var chosen = options.Choose(assembly.Mutants).ToArray();
            await Console.Error.WriteLineAsync($"{assembly.Mutants.Count} mutants, {assembly.CompileErrors} that do not compile; {chosen.Length} are tried");

            var workers = Enumerable.Range(0, options.Workers).Select(_ => new WorkerProcess(folder)).ToArray();
            try
            {
                var tests = await workers[0].CoverAsync(assembly.Mutants.Max(static mutant => mutant.Id));
                return new RunResult(assembly.Mutants.Count, assembly.CompileErrors, await TryAsync(workers, chosen, tests));
            }
            finally
            {
                Array.ForEach(workers, static worker => worker.Dispose());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<(Mutant Mutant, Verdict Verdict)>> TryAsync(
        WorkerProcess[] workers,
        Mutant[] chosen,
        IReadOnlyList<TestReach> tests
    )
    {
        var reaching = tests.SelectMany(static test => test.Mutants.Select(id => (id, test))).ToLookup(static pair => pair.id, static pair => pair.test);
        var queue = new ConcurrentQueue<Mutant>(chosen);
        var results = new ConcurrentBag<(Mutant Mutant, Verdict Verdict)>();
        await Task.WhenAll(
            workers.Select(async worker =>
            {
                while (queue.TryDequeue(out var mutant))
                {
                    var verdict = reaching.Contains(mutant.Id) ? await worker.TryAsync(mutant.Id, reaching[mutant.Id]) : Verdict.NoCoverage;
                    results.Add((mutant, verdict));
                    await Console.Error.WriteLineAsync(
                        $"{results.Count}/{chosen.Length} {verdict} {mutant.File}:{mutant.Line} {mutant.Before} => {mutant.After}"
                    );
                }
            })
        );
        return [.. results.OrderBy(static result => result.Mutant.Id)];
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }
}

/// <param name="Mutants">How many compile, tried or not.</param>
/// <param name="CompileErrors">How many do not.</param>
/// <param name="Tried">What became of those that were tried, in the order of the source.</param>
internal sealed record RunResult(int Mutants, int CompileErrors, IReadOnlyList<(Mutant Mutant, Verdict Verdict)> Tried);
