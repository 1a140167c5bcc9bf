using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Percent-encoding of grpc-message: every byte outside the printable ASCII range, and the percent sign.</summary>
internal static class PercentEncoding
{
    public static void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var digits = "0123456789ABCDEF"u8;
        var span = output.GetSpan(3 * text.Length);
        var length = 0;
        foreach (var b in text)
        {
            if (b is >= (byte)' ' and < (byte)'~' and not (byte)'%')
            {
                span[length++] = b;
            }
            else
            {
                span[length++] = (byte)'%';
                span[length++] = digits[b >> 4];
                span[length++] = digits[b & 15];
            }
        }

        output.Advance(length);
    }

    /// <summary>Decodes <c>%xx</c>; what is no such sequence stays as it is. With <paramref name="plusIsBlank"/> a plus is a blank.</summary>
    public static void Decode(ReadOnlySpan<byte> text, IBufferWriter<byte> output, bool plusIsBlank = false)
    {
        var span = output.GetSpan(text.Length);
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'%' && i + 2 < text.Length && Digit(text[i + 1]) is var high and >= 0 && Digit(text[i + 2]) is var low and >= 0)
            {
                span[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                span[length++] = plusIsBlank && text[i] == (byte)'+' ? (byte)' ' : text[i];
            }
        }

        output.Advance(length);
    }

    private static int Digit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };
}
