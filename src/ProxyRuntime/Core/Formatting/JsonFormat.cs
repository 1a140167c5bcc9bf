using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A format that makes a JSON object on a line of its own.</summary>
internal sealed class JsonFormat(JsonObjectNode root) : SubstitutionFormat
{
    public override void Write(StreamInfo info, ByteBuffer output)
    {
        if (!root.Write(info, output))
        {
            output.Append("{}"u8);
        }

        output.Append((byte)'\n');
    }

    public override void WriteValue(StreamInfo info, ByteBuffer output) => Write(info, output);
}

/// <summary>One value in a JSON format.</summary>
internal abstract class JsonFormatNode
{
    /// <summary>Writes the value; false, and nothing written, if it is to be left out.</summary>
    public abstract bool Write(StreamInfo info, ByteBuffer output);
}

/// <summary>A value that is always the same.</summary>
internal sealed class JsonConstantNode(byte[] json) : JsonFormatNode
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        output.Append(json);
        return true;
    }
}

/// <summary>A text with one operator and nothing else: it keeps its type, and is null where there is no value.</summary>
internal sealed class JsonOperatorNode(FormatSegment segment, bool omitNull) : JsonFormatNode
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        if (segment.WriteJson(info, output))
        {
            return true;
        }

        if (omitNull)
        {
            return false;
        }

        output.Append("null"u8);
        return true;
    }
}

/// <summary>A text made of several pieces: a text whatever they are.</summary>
internal sealed class JsonTextNode(ImmutableArray<FormatSegment> segments, bool omitEmptyValues) : JsonFormatNode
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        output.Append((byte)'"');
        foreach (var segment in segments)
        {
            var start = output.Length;
            if (segment.Write(info, output))
            {
                JsonText.Escape(output, start);
            }
            else if (!omitEmptyValues)
            {
                output.Append((byte)'-');
            }
        }

        output.Append((byte)'"');
        return true;
    }
}

/// <summary>An object; with omit_empty_values it is left out when nothing of it is left.</summary>
/// <param name="fields">The name with quotes and colon, and the value.</param>
internal sealed class JsonObjectNode(ImmutableArray<(byte[] Name, JsonFormatNode Value)> fields, bool omitEmptyValues) : JsonFormatNode
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        var start = output.Length;
        output.Append((byte)'{');
        var empty = true;
        foreach (var (name, value) in fields)
        {
            var before = output.Length;
            if (!empty)
            {
                output.Append((byte)',');
            }

            output.Append(name);
            if (value.Write(info, output))
            {
                empty = false;
            }
            else
            {
                output.Truncate(before);
            }
        }

        if (empty && omitEmptyValues)
        {
            output.Truncate(start);
            return false;
        }

        output.Append((byte)'}');
        return true;
    }
}

/// <summary>A list; it stays even if nothing of it is left.</summary>
internal sealed class JsonListNode(ImmutableArray<JsonFormatNode> items) : JsonFormatNode
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        output.Append((byte)'[');
        var empty = true;
        foreach (var item in items)
        {
            var before = output.Length;
            if (!empty)
            {
                output.Append((byte)',');
            }

            if (item.Write(info, output))
            {
                empty = false;
            }
            else
            {
                output.Truncate(before);
            }
        }

        output.Append((byte)']');
        return true;
    }
}
