using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Compiles a JSON format, collecting every problem on the way.</summary>
internal sealed class JsonFormatBuilder(FormatOptions options)
{
    private readonly List<FormatProblem> problems = [];
    private readonly List<FormatPathSegment> path = [];

    public IReadOnlyList<FormatProblem> Problems => problems;

    public JsonObjectNode Object(MetadataValue value)
    {
        var fields = ImmutableArray.CreateBuilder<(byte[] Name, JsonFormatNode Value)>();
        foreach (var (name, field) in value.Fields)
        {
            path.Add(new FormatPathSegment(name, 0));
            if (Node(field) is { } node)
            {
                fields.Add((Name(name), node));
            }

            path.RemoveAt(path.Count - 1);
        }

        return new JsonObjectNode(fields.ToImmutable(), options.OmitEmptyValues);
    }

    /// <summary>Null for what is left out: nulls, with omit_empty_values.</summary>
    private JsonFormatNode? Node(MetadataValue value) =>
        value.Kind switch
        {
            MetadataKind.Struct => Object(value),
            MetadataKind.List => List(value),
            MetadataKind.Text when value.Text.Contains('%', StringComparison.Ordinal) => Format(value.Text),
            MetadataKind.Null when options.OmitEmptyValues => null,
            _ => Constant(value),
        };

    private JsonListNode List(MetadataValue value)
    {
        var items = ImmutableArray.CreateBuilder<JsonFormatNode>();
        for (var i = 0; i < value.Items.Length; i++)
        {
            path.Add(new FormatPathSegment(null, i));
            if (Node(value.Items[i]) is { } node)
            {
                items.Add(node);
            }

            path.RemoveAt(path.Count - 1);
        }

        return new JsonListNode(items.ToImmutable());
    }

    private JsonFormatNode? Format(string text)
    {
        var segments = FormatParser.Parse(Encoding.UTF8.GetBytes(text), options, out var problem);
        if (problem is not null)
        {
            problems.Add(problem with { Path = [.. path] });
            return null;
        }

        return segments.Length == 1 ? new JsonOperatorNode(segments[0], options.OmitEmptyValues) : new JsonTextNode(segments, options.OmitEmptyValues);
    }

    private static JsonConstantNode Constant(MetadataValue value)
    {
        var json = new ByteBuffer();
        MetadataJson.Write(value, json);
        return new JsonConstantNode(json.Span.ToArray());
    }

    private static byte[] Name(string name)
    {
        var json = new ByteBuffer();
        JsonText.Append(json, name);
        json.Append((byte)':');
        return json.Span.ToArray();
    }
}
