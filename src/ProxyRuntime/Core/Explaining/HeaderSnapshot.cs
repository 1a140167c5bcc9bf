using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Headers at one moment, as texts.</summary>
/// <param name="Lines">In order.</param>
public sealed record HeaderSnapshot(ImmutableArray<HeaderLine> Lines)
{
    public static readonly HeaderSnapshot Empty = new([]);

    internal static HeaderSnapshot Of(HeaderMap map)
    {
        var lines = ImmutableArray.CreateBuilder<HeaderLine>(map.Count);
        for (var i = 0; i < map.Count; i++)
        {
            var field = map[i];
            lines.Add(new HeaderLine(Encoding.UTF8.GetString(field.Name), Encoding.UTF8.GetString(field.Value)));
        }

        return new HeaderSnapshot(lines.MoveToImmutable());
    }

    /// <summary>What became of each name, in the order of these headers, then what is new. Names are compared ignoring case.</summary>
    public ImmutableArray<HeaderChange> ChangesTo(HeaderSnapshot later)
    {
        List<HeaderChange> changes = [];
        foreach (var name in Lines.Concat(later.Lines).Select(static line => line.Name).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var before = ValuesOf(name);
            var after = later.ValuesOf(name);
            if (before.SequenceEqual(after, StringComparer.Ordinal))
            {
                continue;
            }

            if (before.Count == 1 && after.Count == 1)
            {
                changes.Add(new HeaderChange(name, before[0], after[0]));
                continue;
            }

            changes.AddRange(Without(before, after).Select(value => new HeaderChange(name, value, null)));
            changes.AddRange(Without(after, before).Select(value => new HeaderChange(name, null, value)));
        }

        return [.. changes];
    }

    private List<string> ValuesOf(string name) =>
        [.. Lines.Where(line => string.Equals(line.Name, name, StringComparison.OrdinalIgnoreCase)).Select(static line => line.Value)];

    /// <summary>The values that the others do not hold, as often as they lack them.</summary>
    private static List<string> Without(List<string> values, List<string> others)
    {
        List<string> left = [.. others];
        return [.. values.Where(value => !left.Remove(value))];
    }
}

/// <summary>A header.</summary>
public sealed record HeaderLine(string Name, string Value);

/// <summary>What became of a header: added where there was none before, removed where there is none after, else changed.</summary>
public sealed record HeaderChange(string Name, string? Before, string? After);
