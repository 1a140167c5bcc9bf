using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Bytes as one word of text and back: everything but plain ASCII is written as %XX, so that a line splits at blanks.</summary>
public static class TextCodec
{
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            if (b is > 0x20 and < 0x7f and not (byte)'%' and not (byte)'=' and not (byte)',' and not (byte)';')
            {
                _ = text.Append((char)b);
            }
            else
            {
                _ = text.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    public static string Escape(string text) => Escape(Encoding.UTF8.GetBytes(text));

    public static byte[] Unescape(string word)
    {
        var bytes = new List<byte>(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            if (word[i] == '%')
            {
                bytes.Add(byte.Parse(word.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                bytes.Add((byte)word[i]);
            }
        }

        return [.. bytes];
    }

    public static string UnescapeText(string word) => Encoding.UTF8.GetString(Unescape(word));

    /// <summary>A header map as words <c>name=value</c>.</summary>
    public static string Headers(HeaderMap map)
    {
        var words = new string[map.Count];
        for (var i = 0; i < map.Count; i++)
        {
            words[i] = $"{Escape(map[i].Name)}={Escape(map[i].Value)}";
        }

        return string.Join(' ', words);
    }
}
