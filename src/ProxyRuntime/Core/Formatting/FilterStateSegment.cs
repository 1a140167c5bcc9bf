namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// FILTER_STATE: an object that filters have left, as the text it serialises to (PLAIN) or as the JSON of its message (TYPED, the default),
/// which for a text is the text in quotes. With FIELD, one of its fields; those that there are are numbers.
/// </summary>
internal sealed class FilterStateSegment(string key, bool plain, int maxLength) : FormatSegment
{
    public static FormatSegment? Create(in FormatArguments arguments, out string? error)
    {
        var parts = arguments.Parameters.Split(':');
        var form = parts.Length > 1 ? parts[1] : "";
        var field = parts.Length > 2 ? parts[2] : "";
        error =
            parts[0].Length == 0 ? "Invalid filter state configuration, key cannot be empty."
            : form is not ("" or "PLAIN" or "TYPED" or "FIELD") ? "Invalid filter state serialize type, only support PLAIN/TYPED/FIELD."
            : form == "FIELD" != field.Length > 0 ? "Invalid filter state serialize type, FIELD should be used with the field name."
            : null;
        if (error is not null)
        {
            return null;
        }

        return form == "FIELD"
            ? new NumberSegment(info => info.FilterState.Number(parts[0], field))
            : new FilterStateSegment(parts[0], form == "PLAIN", arguments.MaxLength);
    }

    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        if (info.FilterState.Get(key) is not { } text)
        {
            return false;
        }

        var start = output.Length;
        if (plain)
        {
            output.AppendText(text);
        }
        else
        {
            JsonText.Append(output, text);
        }

        output.Truncate(start + Math.Min(maxLength, output.Length - start));
        return true;
    }

    public override bool WriteJson(StreamInfo info, ByteBuffer output)
    {
        if (plain)
        {
            return base.WriteJson(info, output);
        }

        if (info.FilterState.Get(key) is not { } text)
        {
            return false;
        }

        JsonText.Append(output, text);
        return true;
    }
}
