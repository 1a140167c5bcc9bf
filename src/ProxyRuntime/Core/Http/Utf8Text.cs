using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Values of headers as the text of a protobuf message, which has to be UTF-8.</summary>
internal static class Utf8Text
{
    /// <summary>Appends a value; an exclamation mark stands for each byte that belongs to no character.</summary>
    public static void Append(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        if (Utf8.IsValid(value))
        {
            output.Append(value);
            return;
        }

        while (!value.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(value, out _, out var length) == OperationStatus.Done;
            if (isCharacter)
            {
                output.Append(value[..length]);
            }
            else
            {
                length = 1;
                output.Append((byte)'!');
            }

            value = value[length..];
        }
    }
}
