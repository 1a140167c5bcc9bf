using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>JSON text as protobuf lays it out for people: a line for each field, a blank for each level.</summary>
internal sealed class IndentedJson
{
    private readonly StringBuilder text = new();
    private int depth;
    private bool isFirst = true;
    private bool isNamed;

    public void BeginObject() => Begin('{');

    public void EndObject() => End('}');

    public void BeginArray() => Begin('[');

    public void EndArray() => End(']');

    /// <summary>The name of the value that comes next.</summary>
    public void Name(string name)
    {
        NewLine();
        AppendQuoted(name);
        _ = text.Append(": ");
        isNamed = true;
    }

    public void Text(string value)
    {
        BeginValue();
        AppendQuoted(value);
    }

    /// <summary>A number, true, false or null as they stand.</summary>
    public void Literal(string value)
    {
        BeginValue();
        _ = text.Append(value);
    }

    /// <summary>All of it, with a new line at its end.</summary>
    public override string ToString() => text + "\n";

    private void Begin(char bracket)
    {
        BeginValue();
        _ = text.Append(bracket);
        depth++;
        isFirst = true;
    }

    private void End(char bracket)
    {
        depth--;
        if (!isFirst)
        {
            _ = text.Append('\n').Append(' ', depth);
        }

        _ = text.Append(bracket);
        isFirst = false;
    }

    private void BeginValue()
    {
        if (!isNamed && depth > 0)
        {
            NewLine();
        }

        isNamed = false;
    }

    private void NewLine()
    {
        _ = text.Append(isFirst ? "\n" : ",\n").Append(' ', depth);
        isFirst = false;
    }

    private void AppendQuoted(string value)
    {
        _ = text.Append('"');
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' or '<' or '>' or '\u007f' or '\u2028' or '\u2029' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }

        _ = text.Append('"');
    }
}
