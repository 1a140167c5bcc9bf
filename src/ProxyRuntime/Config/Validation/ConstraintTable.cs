using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The rules of Constraints.txt, checked on every message that was read.</summary>
internal static class ConstraintTable
{
    private static readonly Dictionary<string, SortedDictionary<string, List<Constraint>>> Fields = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, List<string[]>> Oneofs = new(StringComparer.Ordinal);

    static ConstraintTable()
    {
        using var reader = new StreamReader(typeof(ConstraintTable).Assembly.GetManifestResourceStream("Constraints.txt")!, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && !line.StartsWith('#'))
            {
                Add(line.Split(" | ", 2));
            }
        }
    }

    /// <summary>Every field that has a rule, for tests of the table itself.</summary>
    public static IEnumerable<(string Message, string Field)> RuledFields =>
        Fields.SelectMany(static message => message.Value.Keys.Select(name => (message.Key, name)));

    /// <summary>Adds a problem for every rule that a message breaks.</summary>
    public static void Check(SourceMap map)
    {
        foreach (var (message, _) in map.Messages.ToArray())
        {
            foreach (var (field, rules) in Fields.GetValueOrDefault(message.Descriptor.FullName, []))
            {
                CheckField(map, message, message.Descriptor.FindFieldByName(field), rules);
            }

            CheckOneofs(map, message);
        }
    }

    private static void Add(string[] parts)
    {
        if (parts[1].StartsWith("oneof ", StringComparison.Ordinal))
        {
            Of(Oneofs, parts[0]).Add(parts[1]["oneof ".Length..].Split(' '));
            return;
        }

        var dot = parts[0].LastIndexOf('.');
        if (!Fields.TryGetValue(parts[0][..dot], out var fields))
        {
            Fields[parts[0][..dot]] = fields = new SortedDictionary<string, List<Constraint>>(StringComparer.Ordinal);
        }

        var field = parts[0][(dot + 1)..];
        if (!fields.TryGetValue(field, out var rules))
        {
            fields[field] = rules = [];
        }

        rules.Add(new Constraint(parts[1]));
    }

    private static void CheckField(SourceMap map, IMessage message, FieldDescriptor field, List<Constraint> rules)
    {
        var source = map.Of(message);
        var written = source.Fields.ContainsKey(field.Name);
        var value = field.Accessor.GetValue(message);

        // What was written but could not be read has its problem already; a member of a oneof counts only if it is the one that was chosen.
        if ((value is null && written) || (!written && field.RealContainingOneof is not null))
        {
            return;
        }

        if (value is "" && rules.Exists(static rule => rule.ExemptsEmpty))
        {
            return;
        }

        foreach (var rule in rules)
        {
            CheckRule(map, message, field, rule, value, written);
        }
    }

    private static void CheckRule(SourceMap map, IMessage message, FieldDescriptor field, Constraint rule, object? value, bool written)
    {
        if (rule.IsRequired && value is null)
        {
            map.Problem(message, field.Name, $"'{field.Name}' is required in {message.Descriptor.Name}");
        }
        else if (rule.IsDisallowed && written)
        {
            map.Problem(message, field.Name, $"'{field.Name}' is deprecated and refused by default");
        }
        else if (rule.OfEach)
        {
            var items = (IList)value!;
            for (var i = 0; i < items.Count; i++)
            {
                if (rule.Check(field, items[i]!) is { } error)
                {
                    map.Problem(message, field.Name, i, error);
                }
            }
        }
        else if (rule.OfKeys)
        {
            foreach (var key in ((IDictionary)value!).Keys)
            {
                if (rule.Check(field.MessageType.FindFieldByNumber(1), key) is { } error)
                {
                    map.Problem(message, field.Name, $"key '{key}': {error}");
                }
            }
        }
        else if (value is not null && rule.Check(field, value) is { } error)
        {
            map.Problem(message, field.Name, error);
        }
    }

    private static void CheckOneofs(SourceMap map, IMessage message)
    {
        var source = map.Of(message);
        foreach (var members in Oneofs.GetValueOrDefault(message.Descriptor.FullName, []))
        {
            if (!members.Any(member => source.Fields.ContainsKey(member) || source.IsMisspelt(member)))
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
