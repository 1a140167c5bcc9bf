using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One piece of a format: text as it is, or an operator.</summary>
internal abstract class FormatSegment
{
    /// <summary>Writes the value; false, and nothing written, if there is none.</summary>
    public abstract bool Write(StreamInfo info, IBufferWriter<byte> output);
}

/// <summary>Text between operators.</summary>
internal sealed class LiteralSegment(byte[] text) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        output.Write(text);
        return true;
    }
}

/// <summary>An operator whose value is a number; negative means "not known".</summary>
internal sealed class NumberSegment(Func<StreamInfo, long> read) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        var value = read(info);
        if (value < 0)
        {
            return false;
        }

        var span = output.GetSpan(20);
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(value, span, out var length);
        output.Advance(length);
        return true;
    }
}

/// <summary>An operator whose value is text; empty means "not known".</summary>
internal sealed class TextSegment(Func<StreamInfo, string?> read, int maxLength) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        var value = read(info);
        if (string.IsNullOrEmpty(value))
        {
            return false;
        }

        var text = value.AsSpan(0, Math.Min(value.Length, maxLength));
        var length = System.Text.Encoding.Latin1.GetBytes(text, output.GetSpan(text.Length));
        output.Advance(length);
        return true;
    }
}

/// <summary>REQ, RESP and TRAILER: the first line of a header, or of a second one in its absence.</summary>
internal sealed class HeaderSegment(Func<StreamInfo, HeaderMap?> map, HeaderName name, HeaderName? alternative, int maxLength) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        var headers = map(info);
        if (headers is null || !(headers.TryGet(name, out var value) || (alternative is not null && headers.TryGet(alternative, out value))))
        {
            return false;
        }

        output.Write(value[..Math.Min(value.Length, maxLength)]);
        return true;
    }
}

/// <summary>RESPONSE_FLAGS and RESPONSE_FLAGS_LONG: names in the order the flags were set.</summary>
internal sealed class FlagsSegment(bool isLong) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        var flags = info.Flags;
        var count = flags.Count;
        if (count == 0)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            output.Write(flags[i].NameBytes(isLong));
        }

        return true;
    }
}

/// <summary>START_TIME: when the request began, in UTC.</summary>
internal sealed class StartTimeSegment(TimeFormat format) : FormatSegment
{
    public override bool Write(StreamInfo info, IBufferWriter<byte> output)
    {
        format.Write(info.StartUnixNs, output);
        return true;
    }
}
