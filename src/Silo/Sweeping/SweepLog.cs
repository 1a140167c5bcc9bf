using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MeshSim.Silo;

/// <summary>
/// <c>runs.jsonl</c> of a sweep: a line for each run as it is done, after a first line that says which sweep it is. From it an interrupted
/// sweep goes on; a line that was being written when it was interrupted is dropped.
/// </summary>
internal sealed class SweepLog : IDisposable
{
    private const string Name = "runs.jsonl";
    private readonly StreamWriter writer;
    private readonly SortedDictionary<int, SweepRun> runs = [];

    private SweepLog(string path, string identity)
    {
        var kept = Read(path, identity);
        writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        writer.WriteLine(identity);
        foreach (var run in kept)
        {
            Add(run);
        }

        writer.Flush();
    }

    /// <summary>Those that are done, by number.</summary>
    public IReadOnlyDictionary<int, SweepRun> Runs => runs;

    /// <param name="identity">One line that is the same for the same sweep.</param>
    /// <exception cref="BadInputException">The folder has another sweep, or cannot be written.</exception>
    public static SweepLog Open(string folder, string identity)
    {
        try
        {
            _ = Directory.CreateDirectory(folder);
            return new SweepLog(Path.Combine(folder, Name), identity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"cannot write the folder '{folder}': {e.Message}", e);
        }
    }

    /// <summary>Keeps a run; it is on disk when this returns.</summary>
    public void Add(SweepRun run)
    {
        runs[run.Number] = run;
        writer.WriteLine(JsonSerializer.Serialize(run));
        writer.Flush();
    }

    public void Dispose() => writer.Dispose();

    private static List<SweepRun> Read(string path, string identity)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var lines = File.ReadAllText(path).Split('\n');
        if (lines[0] != identity)
        {
            throw new BadInputException($"'{path}' is of another sweep – other scenario, values or seeds; give another folder with --out, or remove it");
        }

        // What has no line end after it was being written.
        return [.. lines[1..^1].Select((line, index) => Parse(path, line, index + 2))];
    }

    private static SweepRun Parse(string path, string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepRun>(line) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: no run of a sweep: {e.Message}"), e);
        }
    }
}

/// <summary>One run of a sweep.</summary>
/// <param name="Number">From 0: the points of the grid in order, each with its seeds.</param>
/// <param name="Hash">The result hash.</param>
/// <param name="Figures">In the order of <see cref="SweepFigures.Names"/>; empty for a run that could not go on.</param>
/// <param name="Failure">Why it could not go on; null if it did.</param>
internal sealed record SweepRun(int Number, ulong Seed, string Hash, double?[] Figures, string? Failure);
