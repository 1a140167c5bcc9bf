using System.Globalization;
using System.Text;

namespace MeshSim.Mutation;

/// <summary>
/// The result of a run as Markdown, in a section of its own. Of an earlier report the sections of other runs are kept, and what it says of
/// survivors that are still there.
/// </summary>
internal static class Report
{
    private const string Unknown = "not yet tested";

    /// <summary>A report ends with its sections; what stands before this line in an earlier one is kept.</summary>
    private const string TablesBegin = "<!-- Written by tests/Mutation from here on, except for the last column of survivors. -->\n";

    private const string SectionBegin = "\n## ";

    public static string Write(RunResult result, RunOptions options, string earlier)
    {
        var at = earlier.IndexOf(TablesBegin, StringComparison.Ordinal);
        var before = at < 0 ? "# Mutation testing\n\n" : earlier[..at];
        var sections = at < 0 ? [] : earlier[(at + TablesBegin.Length)..].Split(SectionBegin, StringSplitOptions.RemoveEmptyEntries).ToList();
        var own = sections.FindIndex(section => section.StartsWith(options.Name + "\n", StringComparison.Ordinal));
        if (own < 0)
        {
            own = sections.Count;
            sections.Add("");
        }

        sections[own] = Section(result, options, earlier);
        return before + TablesBegin + string.Concat(sections.Select(static section => SectionBegin + section.TrimEnd('\n') + "\n"));
    }

    private static string Section(RunResult result, RunOptions options, string earlier)
    {
        var text = new StringBuilder(options.Name).Append("\n\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"`tests/mutation.sh {options.Command}`: {result.Mutants} mutants compile, {result.CompileErrors} more do not and do not count; {result.Tried.Count} were tried.\n\n"
        );
        text.Append("| folder | mutants | killed | timeout | survived | no coverage | killed or timeout |\n|---|---|---|---|---|---|---|\n");
        foreach (var folder in result.Tried.GroupBy(static tried => tried.Mutant.Folder).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            AddRow(text, folder.Key, [.. folder.Select(static tried => tried.Verdict)]);
        }

        AddRow(text, "all", [.. result.Tried.Select(static tried => tried.Verdict)]);
        text.Append("\n| kind | mutants | killed | timeout | survived | no coverage | killed or timeout |\n|---|---|---|---|---|---|---|\n");
        foreach (var kind in result.Tried.GroupBy(static tried => tried.Mutant.Operator).OrderBy(static group => group.Key))
        {
            AddRow(text, kind.Key.ToString().ToLowerInvariant(), [.. kind.Select(static tried => tried.Verdict)]);
        }

        AddSurvivors(text, result, Reasons(earlier));
        return text.ToString();
    }

    private static void AddRow(StringBuilder text, string name, Verdict[] verdicts)
    {
        int Count(Verdict verdict) => verdicts.Count(one => one == verdict);
        var dead = Count(Verdict.Killed) + Count(Verdict.Timeout);
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {verdicts.Length} | {Count(Verdict.Killed)} | {Count(Verdict.Timeout)} ")
            .Append(CultureInfo.InvariantCulture, $"| {Count(Verdict.Survived)} | {Count(Verdict.NoCoverage)} | {100.0 * dead / verdicts.Length:0.0} % |\n");
    }

    private static void AddSurvivors(StringBuilder text, RunResult result, Dictionary<string, string> reasons)
    {
        text.Append("\n### Survivors\n\n| place | source | mutation | left because |\n|---|---|---|---|\n");
        foreach (var (mutant, verdict) in result.Tried)
        {
            if (verdict is Verdict.Survived or Verdict.NoCoverage)
            {
                var before = Cell(mutant.Before);
                var after = Cell(mutant.After);
                var reason = reasons.GetValueOrDefault(Key(mutant.File, before, after), Unknown);
                text.Append(CultureInfo.InvariantCulture, $"| {mutant.File}:{mutant.Line} | {before} | {after} | {reason} |\n");
            }
        }
    }

    private static Dictionary<string, string> Reasons(string earlier)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in earlier.Split('\n'))
        {
            var cells = line.Split(" | ");
            if (cells.Length == 4 && cells[0].StartsWith("| ", StringComparison.Ordinal) && cells[0].Contains(".cs:"))
            {
                reasons[Key(cells[0][2..cells[0].LastIndexOf(':')], cells[1], cells[2])] = cells[3].TrimEnd(' ', '|');
            }
        }

        return reasons;
    }

    private static string Key(string file, string before, string after) => $"{file} {before} {after}";

    /// <summary>As code, not longer than a line may be; a bar would end the cell.</summary>
    private static string Cell(string code)
    {
        const int Longest = 110;
        var text = code.Length > Longest ? code[..Longest] + "…" : code;
        return $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
    }
}
