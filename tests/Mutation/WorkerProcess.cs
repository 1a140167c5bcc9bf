using System.Diagnostics;
using System.Globalization;

namespace MeshSim.Mutation;

/// <summary>A <see cref="Worker"/> from outside. One that hangs or dies is replaced.</summary>
internal sealed class WorkerProcess(string folder) : IDisposable
{
    /// <summary>Upper bound of the heap of a worker, in bytes: a mutant may collect without end.</summary>
    private const string HeapLimit = "0x80000000";

    private Process? process;

    /// <summary>What each test reaches. Fails if a test fails without any mutant.</summary>
    public async Task<IReadOnlyList<TestReach>> CoverAsync(int mutants)
    {
        await SendAsync($"cover {mutants}");
        List<TestReach> tests = [];
        while (await ReadAsync(TimeSpan.FromMinutes(10)) is { } line && line != "done")
        {
            var words = line.Split(' ', 4);
            if (words[0] == "fails")
            {
                throw new InvalidOperationException($"Without any mutant a test fails: {line}");
            }

            var reached = words[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture));
            tests.Add(new TestReach(Number(words[1]), Number(words[2]), [.. reached]));
        }

        return tests;
    }

    /// <summary>Whether one of these tests notices a mutant; they are run from the quickest on.</summary>
    public async Task<Verdict> TryAsync(int mutant, IEnumerable<TestReach> tests)
    {
        var ordered = tests.OrderBy(static test => test.Milliseconds).ToArray();
        var quick = ordered.Where(static test => test.Milliseconds < 100).ToArray();
        foreach (var group in (TestReach[][])[quick, ordered[quick.Length..]])
        {
            if (group.Length == 0)
            {
                continue;
            }

            await SendAsync($"try {mutant} {string.Join(',', group.Select(static test => test.Index))}");
            var patience = TimeSpan.FromSeconds(10) + 4 * TimeSpan.FromMilliseconds(group.Sum(static test => test.Milliseconds));
            var answer = await ReadAsync(patience);
            if (answer is null)
            {
                End();
                return Verdict.Timeout;
            }

            if (answer.StartsWith("killed", StringComparison.Ordinal))
            {
                return Verdict.Killed;
            }
        }

        return Verdict.Survived;
    }

    public void Dispose() => End();

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private async Task SendAsync(string line)
    {
        if (process is null)
        {
            var start = new ProcessStartInfo("dotnet")
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.ArgumentList.Add(Path.Combine(folder, "MeshSim.Mutation.dll"));
            start.ArgumentList.Add("worker");
            start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
            process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (await ReadAsync(TimeSpan.FromMinutes(2)) != "ready")
            {
                throw new InvalidOperationException("The worker process does not start.");
            }
        }

        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Null if nothing comes in time or the process is gone.</summary>
    private async Task<string?> ReadAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            return await process!.StandardOutput.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void End()
    {
        process?.Kill();
        process?.Dispose();
        process = null;
    }
}

/// <summary>A test by its place, how long it takes, and the mutants that it reaches.</summary>
internal sealed record TestReach(int Index, int Milliseconds, IReadOnlyList<int> Mutants);
