using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Results;

/// <summary>Reads result folders back, as far as comparisons need them.</summary>
public static class ResultReader
{
    /// <summary>One side of a comparison: a result folder, or a folder whose folders are results of one scenario with different seeds.</summary>
    /// <exception cref="ResultReadException">It is neither, or a file of it is not what it should be.</exception>
    public static ComparedSide Side(string directory)
    {
        string[] folders = File.Exists(Path.Combine(directory, ResultFolder.ResultFile))
            ? [directory]
            : [.. Inner(directory).Where(static inner => File.Exists(Path.Combine(inner, ResultFolder.ResultFile)))];
        if (folders.Length == 0)
        {
            throw new ResultReadException(
                $"'{directory}' is no result folder: neither it nor a folder in it has a {ResultFolder.ResultFile}. 'meshsim run' and 'meshsim live' write them"
            );
        }

        ImmutableArray<ResultSeries> runs = [.. folders.Select(Series)];
        var other = runs.FirstOrDefault(run => run.Scenario != runs[0].Scenario || run.Seconds.Length != runs[0].Seconds.Length);
        return other is null
            ? new ComparedSide(directory, runs)
            : throw new ResultReadException(
                $"'{directory}' has results that do not belong together: '{runs[0].Scenario}' with {runs[0].Seconds.Length} seconds, '{other.Scenario}' with {other.Seconds.Length}"
            );
    }

    private static IEnumerable<string> Inner(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal) : [];

    private static ResultSeries Series(string folder)
    {
        var file = Path.Combine(folder, ResultFolder.ResultFile);
        var (scenario, seed, isLive, warmUpNs, durationNs, changes) = Guard(
            file,
            () =>
            {
                using var document = JsonDocument.Parse(File.ReadAllText(file));
                var root = document.RootElement;
                return (
                    root.GetProperty("scenario").GetString()!,
                    root.GetProperty("seed").GetUInt64(),
                    root.TryGetProperty("machine", out _),
                    root.GetProperty("warmUpNs").GetInt64(),
                    root.GetProperty("durationNs").GetInt64(),
                    root.GetProperty("changesNs").EnumerateArray().Select(static time => time.GetInt64()).ToArray()
                );
            }
        );
        var seconds = Seconds(folder, warmUpNs, durationNs);
        return new ResultSeries(
            scenario,
            seed,
            isLive,
            seconds,
            [.. changes.Select(time => (int)(time / MonotonicTime.NanosecondsPerSecond) - FirstSecond(warmUpNs))]
        );
    }

    /// <summary>The first second that has nothing of the warm-up.</summary>
    private static int FirstSecond(long warmUpNs) => (int)((warmUpNs + MonotonicTime.NanosecondsPerSecond - 1) / MonotonicTime.NanosecondsPerSecond);

    /// <summary>Whole seconds from the end of the warm-up on; one that nothing happened in has no line if none follows.</summary>
    private static ImmutableArray<SecondSample> Seconds(string folder, long warmUpNs, long durationNs)
    {
        var file = Path.Combine(folder, ResultFolder.SecondsFile);
        var seconds = new SortedDictionary<int, SecondSample>();
        var lines = Guard(file, () => File.ReadAllLines(file));
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            _ = Guard(
                string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}"),
                () =>
                {
                    var sample = SecondsFile.Read(line, out var second);
                    seconds[second] = sample;
                    return second;
                }
            );
        }

        var first = FirstSecond(warmUpNs);
        var end = (int)(durationNs / MonotonicTime.NanosecondsPerSecond);
        return
        [
            .. Enumerable.Range(first, Math.Max(0, end - first)).Select(second => seconds.TryGetValue(second, out var sample) ? sample : SecondSample.Sum([])),
        ];
    }

    private static T Guard<T>(string place, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KeyNotFoundException e)
        {
            throw new ResultReadException($"{place}: a field is missing; another version of meshsim may have written it: run it again", e);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or InvalidOperationException
                        or FormatException
                        or OverflowException
                        or ArgumentException
            )
        {
            throw new ResultReadException($"{place}: {e.Message}", e);
        }
    }
}

/// <summary>A result folder cannot be read; the message says what and where.</summary>
public sealed class ResultReadException(string message, Exception? inner = null) : Exception(message, inner);
