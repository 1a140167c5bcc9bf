namespace MeshSim.ProxyRuntime.Core;

/// <summary>One piece of a format: text as it is, or an operator.</summary>
internal abstract class FormatSegment
{
    /// <summary>Writes the value as text; false, and nothing written, if there is none.</summary>
    public abstract bool Write(StreamInfo info, ByteBuffer output);

    /// <summary>Writes the value as JSON, a text in quotes unless a segment knows better; false, and nothing written, if it is null.</summary>
    public virtual bool WriteJson(StreamInfo info, ByteBuffer output)
    {
        var start = output.Length;
        output.Append((byte)'"');
        if (!Write(info, output))
        {
            output.Truncate(start);
            return false;
        }

        JsonText.Escape(output, start + 1);
        output.Append((byte)'"');
        return true;
    }
}

/// <summary>Text between operators, or an operator whose value is known when the format is compiled.</summary>
internal sealed class LiteralSegment(byte[] text) : FormatSegment
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        output.Append(text);
        return true;
    }
}

/// <summary>An operator whose value is a number; a negative one means "not known".</summary>
internal sealed class NumberSegment(Func<StreamInfo, long> read) : FormatSegment
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        var value = read(info);
        if (value < 0)
        {
            return false;
        }

        output.AppendNumber(value);
        return true;
    }

    public override bool WriteJson(StreamInfo info, ByteBuffer output)
    {
        var value = read(info);
        if (value < 0)
        {
            return false;
        }

        JsonText.AppendNumber(output, value);
        return true;
    }
}

/// <summary>An operator whose value is text of the configuration or of the proxy itself; null or empty means "not known".</summary>
internal sealed class TextSegment(Func<StreamInfo, string?> read) : FormatSegment
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        var value = read(info);
        if (string.IsNullOrEmpty(value))
        {
            return false;
        }

        output.AppendText(value);
        return true;
    }
}

/// <summary>A text whose blanks become underscores.</summary>
internal sealed class UnderscoreSegment(Func<StreamInfo, string?> read, bool onlyBlanks) : FormatSegment
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        var value = read(info);
        if (string.IsNullOrEmpty(value))
        {
            return false;
        }

        var start = output.Length;
        output.AppendText(value);
        var written = output.Written[start..];
        written.Replace((byte)' ', (byte)'_');
        if (!onlyBlanks)
        {
            foreach (var space in "\t\n\v\f\r"u8)
            {
                written.Replace(space, (byte)'_');
            }
        }

        return true;
    }
}

/// <summary>Reads bytes of what is known of a request; false if they are not there.</summary>
internal delegate bool BytesReader(StreamInfo info, out ReadOnlySpan<byte> value);

/// <summary>An operator whose value is bytes that are there already, cut to a length. They may be there and empty.</summary>
internal sealed class BytesSegment(BytesReader read, int maxLength) : FormatSegment
{
    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        if (!read(info, out var value))
        {
            return false;
        }

        output.Append(value[..Math.Min(value.Length, maxLength)]);
        return true;
    }
}
