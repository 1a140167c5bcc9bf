using System.Text;
using Google.Protobuf;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The rules of Constraints.txt, checked on every message that was read.</summary>
internal static class ConstraintTable
{
    private static readonly Dictionary<string, List<(string Field, Constraint Rule)>> Fields = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, List<string[]>> Oneofs = new(StringComparer.Ordinal);

    static ConstraintTable()
    {
        using var reader = new StreamReader(typeof(ConstraintTable).Assembly.GetManifestResourceStream("Constraints.txt")!, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var parts = line.Split(" | ", 2);
            if (parts[1].StartsWith("oneof ", StringComparison.Ordinal))
            {
                Of(Oneofs, parts[0]).Add(parts[1]["oneof ".Length..].Split(' '));
                continue;
            }

            var dot = parts[0].LastIndexOf('.');
            Of(Fields, parts[0][..dot]).Add((parts[0][(dot + 1)..], new Constraint(parts[1])));
        }
    }

    /// <summary>Adds a problem for every rule that a message breaks.</summary>
    public static void Check(SourceMap map)
    {
        foreach (var (message, _) in map.Messages.ToArray())
        {
            CheckFields(map, message);
            CheckOneofs(map, message);
        }
    }

    private static void CheckFields(SourceMap map, IMessage message)
    {
        var source = map.Of(message);
        foreach (var (name, rule) in Fields.GetValueOrDefault(message.Descriptor.FullName, []))
        {
            // A value that could not be read has its problem already.
            var field = message.Descriptor.FindFieldByName(name);
            var value = field.Accessor.GetValue(message);
            if (value is null && source.Fields.ContainsKey(name))
            {
                continue;
            }

            // A field of a oneof counts only when it is the one that was chosen.
            var chosen = field.RealContainingOneof is null || source.Fields.ContainsKey(name);
            if (chosen && rule.Check(field, value) is { } error)
            {
                map.Problem(message, name, error);
            }
        }
    }

    private static void CheckOneofs(SourceMap map, IMessage message)
    {
        var source = map.Of(message);
        foreach (var members in Oneofs.GetValueOrDefault(message.Descriptor.FullName, []))
        {
            if (!members.Any(source.Fields.ContainsKey))
            {
                map.Problem(source.Place, source.Path, $"one of these fields is required in {message.Descriptor.Name}: {string.Join(", ", members)}");
            }
        }
    }

    private static List<T> Of<T>(Dictionary<string, List<T>> table, string key)
    {
        if (!table.TryGetValue(key, out var list))
        {
            table[key] = list = [];
        }

        return list;
    }
}
