using System.Globalization;

namespace MeshSim.Silo;

/// <summary>What a sweep varies: paths of the scenario with their values, all combined, each with a number of seeds.</summary>
internal sealed class SweepGrid
{
    private const int MaxRuns = 1_000_000;

    private SweepGrid(string[][] points, ulong firstSeed, int seeds)
    {
        Points = points;
        FirstSeed = firstSeed;
        Seeds = seeds;
    }

    /// <summary>The settings <c>path=value</c> of each point, the last path varying fastest. Without any path one point with none.</summary>
    public string[][] Points { get; }

    public ulong FirstSeed { get; }

    /// <summary>Runs of each point.</summary>
    public int Seeds { get; }

    public int Runs => Points.Length * Seeds;

    /// <param name="varied">Each <c>path=value,value,…</c>; values with commas of their own stand in brackets or braces.</param>
    /// <exception cref="BadInputException">One of them is none, or there are too many runs.</exception>
    public static SweepGrid Of(IReadOnlyList<string> varied, ulong firstSeed, int seeds)
    {
        string[][] points =
        [
            [],
        ];
        foreach (var text in varied)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            string[] values = equals > 0 ? [.. Split(text[(equals + 1)..])] : [];
            if (values.Length == 0 || Array.Exists(values, string.IsNullOrWhiteSpace))
            {
                throw new BadInputException($"--vary {text} is not accepted; accepted is path=value,value,…, for example load[0].rate=100/s,200/s");
            }

            points = [.. points.SelectMany(point => values.Select(value => (string[])[.. point, $"{text[..equals]}={value}"]))];
            if ((long)points.Length * seeds > MaxRuns)
            {
                throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"the sweep has more than {MaxRuns} runs"));
            }
        }

        return new SweepGrid(points, firstSeed, seeds);
    }

    /// <summary>Which point and which seed a run has; runs are numbered from 0.</summary>
    public (int Point, ulong Seed) Of(int run) => (run / Seeds, FirstSeed + (ulong)(run % Seeds));

    private static IEnumerable<string> Split(string text)
    {
        var (begin, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth +=
                text[i] is '[' or '{' ? 1
                : text[i] is ']' or '}' ? -1
                : 0;
            if (text[i] == ',' && depth == 0)
            {
                yield return text[begin..i];
                begin = i + 1;
            }
        }

        yield return text[begin..];
    }
}
