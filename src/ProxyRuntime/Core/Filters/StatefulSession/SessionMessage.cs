using System.Text.Unicode;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The protobuf message in a session cookie: field 1 the address, field 2 the second in which it ends. Unknown fields are passed over.</summary>
internal static class SessionMessage
{
    /// <summary>False if it is no protobuf message at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> address, out ulong expires)
    {
        address = default;
        expires = 0;
        while (!message.IsEmpty)
        {
            if (!TryVarint(ref message, out var tag) || tag > uint.MaxValue || tag >> 3 == 0)
            {
                return false;
            }

            switch (tag & 7)
            {
                case 0 when TryVarint(ref message, out var number):
                    expires = tag >> 3 == 2 ? number : expires;
                    break;
                case 1 when message.Length >= 8:
                    message = message[8..];
                    break;
                case 2 when TryVarint(ref message, out var length) && length <= (ulong)message.Length:
                    if (tag >> 3 == 1)
                    {
                        address = message[..(int)length];
                        if (!Utf8.IsValid(address))
                        {
                            return false;
                        }
                    }

                    message = message[(int)length..];
                    break;
                case 5 when message.Length >= 4:
                    message = message[4..];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <param name="expires">0: it does not end.</param>
    public static void Write(ReadOnlySpan<byte> address, ulong expires, ByteBuffer output)
    {
        output.Append((1 << 3) | 2);
        Varint((ulong)address.Length, output);
        output.Append(address);
        if (expires > 0)
        {
            output.Append(2 << 3);
            Varint(expires, output);
        }
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> message, out ulong number)
    {
        number = 0;
        for (var i = 0; i < Math.Min(10, message.Length); i++)
        {
            number |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void Varint(ulong number, ByteBuffer output)
    {
        for (; number >= 0x80; number >>= 7)
        {
            output.Append((byte)(number | 0x80));
        }

        output.Append((byte)number);
    }
}
