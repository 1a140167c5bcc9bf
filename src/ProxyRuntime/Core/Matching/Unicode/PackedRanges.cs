using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Ranges of code points as text: for each, in hexadecimal, how far its first one lies beyond the last of the range before and,
/// after a plus sign, how many follow it.
/// </summary>
internal static class PackedRanges
{
    /// <summary>A table of named classes: a name and a colon before the ranges, on a line that may go on indented.</summary>
    public static IEnumerable<(string Name, RuneRange[] Ranges)> ReadTable(string table)
    {
        foreach (var line in table.ReplaceLineEndings("\n").Replace("\n  ", " ", StringComparison.Ordinal).Split('\n'))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            yield return (line[..colon], Read(line[(colon + 2)..]));
        }
    }

    /// <summary>The range of one entry, given the last code point of the range before.</summary>
    public static RuneRange Next(ReadOnlySpan<char> entry, int last)
    {
        var plus = entry.IndexOf('+');
        var lo = last + Hex(plus < 0 ? entry : entry[..plus]);
        return new RuneRange(lo, plus < 0 ? lo : lo + Hex(entry[(plus + 1)..]));
    }

    public static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static RuneRange[] Read(string text)
    {
        var ranges = new List<RuneRange>();
        foreach (var entry in text.Split(' '))
        {
            ranges.Add(Next(entry, ranges.Count == 0 ? 0 : ranges[^1].Hi));
        }

        return [.. ranges];
    }
}
