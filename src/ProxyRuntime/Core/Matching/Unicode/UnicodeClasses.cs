namespace MeshSim.ProxyRuntime.Core;

/// <summary>The classes of <c>\p{…}</c>: a general category by its short name, a script by its long name, or Any.</summary>
internal static class UnicodeClasses
{
    private static readonly SortedDictionary<string, RuneRange[]> ByName = Read();
    private static readonly RuneSet NameParts = OfNames("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Mn", "Mc", "Nd", "Pc");

    /// <summary>The members of a class; null if there is none of the name.</summary>
    public static RuneRange[]? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether a code point may stand in the name of a group: a letter, mark, digit, letter-like number or connecting punctuation.</summary>
    public static bool IsNamePart(int rune) => NameParts.Contains(rune);

    /// <summary>What is not assigned is in no category: C is less than the rest of the others, and Cn is no class.</summary>
    private static SortedDictionary<string, RuneRange[]> Read()
    {
        var classes = new SortedDictionary<string, RuneRange[]>(StringComparer.Ordinal) { ["Any"] = [new RuneRange(0, RuneSet.MaxRune)] };
        foreach (var categories in PackedRanges.ReadTable(UnicodeCategories.Table).GroupBy(static category => category.Name[0]))
        {
            var all = new RuneSet();
            foreach (var (name, ranges) in categories)
            {
                classes.Add(name, ranges);
                all.Add(ranges);
            }

            classes.Add(categories.Key.ToString(), [.. all]);
        }

        foreach (var (name, ranges) in PackedRanges.ReadTable(UnicodeScripts.Table))
        {
            classes.Add(name, ranges);
        }

        return classes;
    }

    private static RuneSet OfNames(params ReadOnlySpan<string> names)
    {
        var all = new RuneSet();
        foreach (var name in names)
        {
            all.Add(ByName[name]);
        }

        return all;
    }
}
