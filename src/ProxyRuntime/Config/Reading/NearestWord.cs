namespace MeshSim.ProxyRuntime.Config;

/// <summary>Finds the word a person may have meant.</summary>
public static class NearestWord
{
    /// <summary>A beginning as long as this is taken for the whole word.</summary>
    private const int MinBeginning = 4;

    /// <summary>What could have been meant by an unknown name, as the end of a message; empty if nothing comes close.</summary>
    public static string Suggest(string word, IEnumerable<string> known) => Find(word, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>What could have been meant by an unknown name; null if nothing comes close.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        var nearest = known
            .Select(candidate => (candidate, edits: Distance(word, candidate)))
            .Select(entry => (entry.candidate, entry.edits, distance: IsBeginning(word, entry.candidate) ? 1 : entry.edits))
            .OrderBy(entry => entry.distance)
            .ThenBy(entry => entry.edits)
            .ThenBy(entry => entry.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.candidate is not null && nearest.distance <= Math.Max(2, word.Length / 3) ? nearest.candidate : null;
    }

    private static bool IsBeginning(string word, string candidate) =>
        word.Length >= MinBeginning && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Edits between two words: insertions, deletions, replacements. Long words are not compared.</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
