using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Admin;

/// <summary>Lines of text in aligned columns.</summary>
internal sealed class TextTable
{
    /// <summary>A longer cell does not push the others of its column away.</summary>
    private const int MaxWidth = 44;

    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    /// <summary>A heading, with what it says in short beside it.</summary>
    public void Section(string name, string summary = "")
    {
        if (text.Length > 0)
        {
            _ = text.Append('\n');
        }

        Line(0, summary.Length > 0 ? $"{name}  {summary}" : name);
    }

    public void Line(int indent, string line) => _ = text.Append(' ', indent).Append(Printable(line)).Append('\n');

    /// <summary>Rows whose cells stand below each other.</summary>
    public void Rows(int indent, IReadOnlyCollection<string[]> rows)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows.Max(static row => row.Length)];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length - 1; i++)
            {
                widths[i] = Math.Max(widths[i], Math.Min(MaxWidth, row[i].Length));
            }
        }

        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                _ = line.Append(i < row.Length - 1 ? row[i].PadRight(widths[i]) : row[i]).Append(i < row.Length - 1 ? "  " : "");
            }

            Line(indent, line.ToString().TrimEnd());
        }
    }

    public void Headers(int indent, HeaderSnapshot headers) => Rows(indent, [.. PseudoFirst(headers).Select(static line => new[] { line.Name, line.Value })]);

    /// <summary>Only what changed: <c>+</c> added, <c>-</c> removed, <c>~</c> changed.</summary>
    public void Changes(int indent, IEnumerable<HeaderChange> changes) => Rows(indent, [.. changes.Select(static change => Cells(change))]);

    /// <summary>All headers, with a sign at those that changed; then those that were removed.</summary>
    public void Headers(int indent, HeaderSnapshot headers, IReadOnlyCollection<HeaderChange> changes)
    {
        List<string[]> rows = [];
        foreach (var line in PseudoFirst(headers))
        {
            var change = changes.FirstOrDefault(change => IsOf(change, line));
            rows.Add(change is null ? [" ", line.Name, line.Value] : Cells(change));
        }

        rows.AddRange(changes.Where(static change => change.After is null).Select(Cells));
        Rows(indent, rows);
    }

    private static IEnumerable<HeaderLine> PseudoFirst(HeaderSnapshot headers) => headers.Lines.OrderBy(static line => line.Name.StartsWith(':') ? 0 : 1);

    private static bool IsOf(HeaderChange change, HeaderLine line) =>
        change.After == line.Value && string.Equals(change.Name, line.Name, StringComparison.OrdinalIgnoreCase);

    private static string[] Cells(HeaderChange change) =>
        (change.Before, change.After) switch
        {
            (null, { } after) => ["+", change.Name, after],
            ({ } before, null) => ["-", change.Name, before],
            ({ } before, { } after) => ["~", change.Name, $"{after}  (was {before})"],
            _ => ["", change.Name, ""],
        };

    /// <summary>What a request brings must not steer a terminal.</summary>
    private static string Printable(string line) => line.Any(char.IsControl) ? string.Concat(line.Select(static c => char.IsControl(c) ? '\uFFFD' : c)) : line;
}
