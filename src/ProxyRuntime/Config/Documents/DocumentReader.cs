using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads one YAML or JSON document into nodes with places. Anchors and merge keys may be used; size and depth are bounded.</summary>
/// <remarks>Files that end in <c>.json</c> are JSON, everything else is YAML, which takes JSON as well.</remarks>
public sealed class DocumentReader
{
    /// <summary>Envoy's own bound on nesting, aliases counted as what they stand for.</summary>
    internal const int MaxDepth = 1000;

    /// <summary>How many values aliases may stand for in all, so that a few lines cannot grow without bound.</summary>
    internal const int MaxAliasedNodes = 200_000;

    private readonly Dictionary<string, AnchoredNode> anchors = new(StringComparer.Ordinal);
    private readonly string file;
    private readonly IParser parser;
    private int aliasedNodes;

    private DocumentReader(string text, string file)
    {
        this.file = file;
        parser = new Parser(new Scanner(new StringReader(text.TrimStart('\uFEFF')), skipComments: true));
    }

    /// <summary>The document's root; an empty document is an empty object. Null with a problem if it cannot be read.</summary>
    public static ConfigNode? Read(string text, string file, out ConfigProblem? problem) => Read(text, file, trailingCommas: false, out problem);

    /// <param name="trailingCommas">JSON may have a comma behind the last item, as YAML may.</param>
    internal static ConfigNode? Read(string text, string file, bool trailingCommas, out ConfigProblem? problem)
    {
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return JsonDocumentReader.Read(text, file, trailingCommas, out problem);
        }

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
        new(file, (int)place.Line, (int)place.Column, "", $"not valid YAML: {message}");

    private ConfigNode ReadDocument()
    {
        _ = parser.Consume<StreamStart>();
        if (parser.TryConsume<StreamEnd>(out _))
        {
            return new ConfigMapping(new ConfigPlace(file, 1, 1), []);
        }

        _ = parser.Consume<DocumentStart>();
        var root = ReadNode(0).Node;
        _ = parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out _))
        {
            throw new YamlException(parser.Current!.Start, parser.Current.End, "more than one document; one is accepted");
        }

        return root;
    }

    private AnchoredNode ReadNode(int depth)
    {
        var current = parser.Current ?? throw new YamlException("the document ends too soon");
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Resolve(alias, depth);
        }

        if (depth > MaxDepth)
        {
            throw TooDeep(current);
        }

        var read = current switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart start => ReadSequence(start, depth),
            MappingStart start => ReadMapping(start, depth),
            _ => throw new YamlException(current.Start, current.End, "a value is missing"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchor)
        {
            anchors[anchor.Anchor.Value] = read;
        }

        return read;
    }

    private AnchoredNode Resolve(AnchorAlias alias, int depth)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            throw new YamlException(alias.Start, alias.End, $"unknown anchor '{alias.Value.Value}'{NearestWord.Suggest(alias.Value.Value, anchors.Keys)}");
        }

        if (depth + anchored.Height > MaxDepth)
        {
            throw TooDeep(alias);
        }

        aliasedNodes += anchored.Size;
        return aliasedNodes <= MaxAliasedNodes
            ? anchored
            : throw new YamlException(alias.Start, alias.End, $"aliases stand for more than {MaxAliasedNodes} values; write less of the document with them");
    }

    private AnchoredNode ReadScalar(Scalar scalar)
    {
        _ = parser.MoveNext();

        // Quotes and tags make a text of anything.
        var kind = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? ScalarRules.KindOf(scalar.Value) : ScalarKind.Text;
        var text = kind == ScalarKind.Number ? ScalarRules.Decimal(scalar.Value) : scalar.Value;
        return new AnchoredNode(new ConfigScalar(Place(scalar), kind, text), 1, 0);
    }

    private AnchoredNode ReadSequence(SequenceStart start, int depth)
    {
        _ = parser.MoveNext();
        List<ConfigNode> items = [];
        var (size, height) = (1, 0);
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            var item = ReadNode(depth + 1);
            items.Add(item.Node);
            (size, height) = (size + item.Size, Math.Max(height, item.Height + 1));
        }

        return new AnchoredNode(new ConfigSequence(Place(start), items), size, height);
    }

    private AnchoredNode ReadMapping(MappingStart start, int depth)
    {
        _ = parser.MoveNext();
        var entries = new MappingEntries();
        var (size, height) = (1, 0);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new YamlException(parser.Current!.Start, parser.Current.End, "a key must be a plain word");
            }

            var value = ReadNode(depth + 1);
            (size, height) = (size + value.Size, Math.Max(height, value.Height + 1));

            // Envoy skips such keys: a place to put anchors.
            if (key.Tag.IsEmpty || key.Tag.Value != "!ignore")
            {
                Add(entries, key, value.Node);
            }
        }

        return new AnchoredNode(new ConfigMapping(Place(start), entries.All), size, height);
    }

    private void Add(MappingEntries entries, Scalar key, ConfigNode value)
    {
        var isMerge = key is { Value: "<<", Style: ScalarStyle.Plain };
        if (isMerge && !entries.TryMerge(value))
        {
            throw new YamlException(key.Start, key.End, "'<<' takes an object or a list of objects");
        }

        if (!isMerge && !entries.TryAdd(new ConfigEntry(key.Value, Place(key), value)))
        {
            throw new YamlException(key.Start, key.End, $"key '{key.Value}' stands here twice");
        }
    }

    private static YamlException TooDeep(ParsingEvent at) => new(at.Start, at.End, $"nested deeper than {MaxDepth} levels");

    private ConfigPlace Place(ParsingEvent e) => new(file, (int)e.Start.Line, (int)e.Start.Column);

    /// <summary>A node with how much it stands for: values in it, itself included, and levels below it.</summary>
    private readonly record struct AnchoredNode(ConfigNode Node, int Size, int Height);
}
