using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Reads header lines into a map, as strictly as Envoy does: names are tokens, values have no control bytes but tab.</summary>
internal static class HeaderLines
{
    private const int MaxNameLength = 256;

    /// <summary>Reads all lines of a block that ends with an empty line. Returns false for anything that is no header line.</summary>
    public static bool Read(ReadOnlySpan<byte> block, HeaderMap map, int maxCount, out bool tooMany)
    {
        tooMany = false;
        var count = 0;
        while (TakeLine(ref block, out var line) && !line.IsEmpty)
        {
            if (++count > maxCount)
            {
                tooMany = true;
                return false;
            }

            if (line[0] is (byte)' ' or (byte)'\t')
            {
                return false;
            }

            if (!ReadLine(line, map))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Cuts off the first line, without its end.</summary>
    public static bool TakeLine(ref ReadOnlySpan<byte> block, out ReadOnlySpan<byte> line)
    {
        var lf = block.IndexOf((byte)'\n');
        if (lf < 0)
        {
            line = default;
            return false;
        }

        line = block[..lf];
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        block = block[(lf + 1)..];
        return true;
    }

    public static bool IsToken(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return false;
        }

        foreach (var b in name)
        {
            var ok =
                b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') || "!#$%&'*+-.^_`|~"u8.Contains(b);
            if (!ok)
            {
                return false;
            }
        }

        return true;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);

    private static bool ReadLine(ReadOnlySpan<byte> line, HeaderMap map)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || colon > MaxNameLength || !IsToken(line[..colon]))
        {
            return false;
        }

        var value = Trim(line[(colon + 1)..]);
        foreach (var b in value)
        {
            if (b is 0x7f or (< 0x20 and not (byte)'\t'))
            {
                return false;
            }
        }

        Span<byte> name = stackalloc byte[colon];
        _ = System.Text.Ascii.ToLower(line[..colon], name, out _);
        if (name.SequenceEqual("host"u8))
        {
            map.Add(HeaderName.Authority, value);
        }
        else
        {
            map.Add(name, value);
        }

        return true;
    }
}
