using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes IP addresses as text, IPv6 as RFC 5952 has it.</summary>
internal static class AddressText
{
    private const int Groups = 8;

    /// <summary>Writes the network that an address is in: <c>10.1.0.0/16</c>, <c>2001:db8::/32</c>.</summary>
    /// <param name="address">Four or sixteen bytes.</param>
    /// <param name="bits">How many leading bits are kept; the others become 0.</param>
    public static void WriteNetwork(ReadOnlySpan<byte> address, int bits, ByteBuffer output)
    {
        Span<byte> network = stackalloc byte[address.Length];
        for (var i = 0; i < network.Length; i++)
        {
            var kept = Math.Clamp(bits - (8 * i), 0, 8);
            network[i] = (byte)(address[i] & (0xff00 >> kept));
        }

        Write(network, output);
        output.Append((byte)'/');
        output.AppendNumber(bits);
    }

    public static void Write(ReadOnlySpan<byte> address, ByteBuffer output)
    {
        if (address.Length == 4)
        {
            for (var i = 0; i < address.Length; i++)
            {
                AppendIf(i > 0, (byte)'.', output);
                output.AppendNumber(address[i]);
            }

            return;
        }

        var (start, length) = LongestZeros(address);
        for (var i = 0; i < Groups; i++)
        {
            if (i == start)
            {
                output.Append("::"u8);
                i += length - 1;
                continue;
            }

            AppendIf(i > 0 && i != start + length, (byte)':', output);
            _ = Utf8Formatter.TryFormat(Group(address, i), output.GetSpan(4), out var written, 'x');
            output.Advance(written);
        }
    }

    /// <summary>The first of the longest runs of groups that are 0, if it is longer than one; else a start of −1 − length.</summary>
    private static (int Start, int Length) LongestZeros(ReadOnlySpan<byte> address)
    {
        var best = (Start: -2, Length: 1);
        for (var i = 0; i < Groups; i++)
        {
            var end = i;
            while (end < Groups && Group(address, end) == 0)
            {
                end++;
            }

            if (end - i > best.Length)
            {
                best = (i, end - i);
            }

            i = Math.Max(i, end - 1);
        }

        return best;
    }

    private static int Group(ReadOnlySpan<byte> address, int index) => (address[2 * index] << 8) | address[(2 * index) + 1];

    private static void AppendIf(bool condition, byte value, ByteBuffer output)
    {
        if (condition)
        {
            output.Append(value);
        }
    }
}
