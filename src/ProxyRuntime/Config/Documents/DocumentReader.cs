using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads one YAML document (JSON is YAML) into nodes with places. Anchors may be used; size and depth are bounded.</summary>
public sealed class DocumentReader
{
    /// <summary>Envoy's own bound on nesting.</summary>
    private const int MaxDepth = 1000;

    /// <summary>An alias counts as all it stands for, so that a few lines cannot grow without bound.</summary>
    private const int MaxNodes = 2_000_000;

    private readonly Dictionary<string, (ConfigNode Node, int Size)> anchors = new(StringComparer.Ordinal);
    private readonly string file;
    private readonly bool json;
    private readonly IParser parser;
    private int nodes;

    private DocumentReader(string text, string file)
    {
        this.file = file;
        json = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.AsSpan().TrimStart().StartsWith("{");
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The document's root; an empty document is an empty object. Null with a problem if it cannot be read.</summary>
    public static ConfigNode? Read(string text, string file, out ConfigProblem? problem)
    {
        problem = null;
        var reader = new DocumentReader(text, file);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            problem = Broken(file, e.Start, e.InnerException?.Message ?? e.Message);
            return null;
        }
        catch (InvalidOperationException)
        {
            // The scanner itself gives up on some broken documents without saying where; the last thing it read is near.
            problem = Broken(file, reader.parser.Current?.Start ?? Mark.Empty, "it breaks off here");
            return null;
        }
    }

    private static ConfigProblem Broken(string file, Mark place, string message) =>
        new(file, (int)place.Line, (int)place.Column, "", $"not valid {(IsJson(file) ? "JSON" : "YAML")}: {message}");

    private static bool IsJson(string file) => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private ConfigNode ReadDocument()
    {
        _ = parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return new ConfigMapping(new ConfigPlace(file, 1, 1), []);
        }

        _ = parser.Consume<DocumentStart>();
        var root = ReadNode(0, out _);
        _ = parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out _))
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "more than one document; one is accepted");
        }

        return root;
    }

    private ConfigNode ReadNode(int depth, out int size)
    {
        var current = parser.Current ?? throw new YamlException("the document ends too soon");
        if (depth > MaxDepth)
        {
            throw new YamlException(current.Start, current.End, $"nested deeper than {MaxDepth} levels");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
            {
                throw new YamlException(alias.Start, alias.End, $"unknown anchor '{alias.Value.Value}'");
            }

            size = anchored.Size;
            Count(size, alias);
            return anchored.Node;
        }

        var before = nodes;
        Count(1, current);
        ConfigNode node = current switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadSequence(depth),
            MappingStart => ReadMapping(depth),
            _ => throw new YamlException(current.Start, current.End, "a value is missing"),
        };
        size = nodes - before;
        if (current is NodeEvent { Anchor.IsEmpty: false } withAnchor)
        {
            anchors[withAnchor.Anchor.Value] = (node, size);
        }

        return node;
    }

    private ConfigScalar ReadScalar()
    {
        var scalar = parser.Consume<Scalar>();
        var plain = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return new ConfigScalar(Place(scalar), plain ? ScalarRules.KindOf(scalar.Value, json) : ScalarKind.Text, scalar.Value);
    }

    private ConfigSequence ReadSequence(int depth)
    {
        var start = parser.Consume<SequenceStart>();
        List<ConfigNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1, out _));
        }

        return new ConfigSequence(Place(start), items);
    }

    private ConfigMapping ReadMapping(int depth)
    {
        var start = parser.Consume<MappingStart>();
        List<ConfigEntry> entries = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new YamlException(parser.Current!.Start, parser.Current.End, "a key must be a plain word");
            }

            if (!seen.Add(key.Value))
            {
                throw new YamlException(key.Start, key.End, $"key '{key.Value}' stands here twice");
            }

            entries.Add(new ConfigEntry(key.Value, Place(key), ReadNode(depth + 1, out _)));
        }

        return new ConfigMapping(Place(start), entries);
    }

    private void Count(int amount, ParsingEvent at)
    {
        nodes += amount;
        if (nodes > MaxNodes)
        {
            throw new YamlException(at.Start, at.End, $"the document has more than {MaxNodes} values, aliases counted as what they stand for");
        }
    }

    private ConfigPlace Place(ParsingEvent e) => new(file, (int)e.Start.Line, (int)e.Start.Column);
}
