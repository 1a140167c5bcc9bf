namespace MeshSim.ProxyRuntime.Core;

/// <summary>Base64url as Envoy's library reads it in tokens and keys, which is laxer than RFC 7515.</summary>
/// <remarks>
/// White space may stand anywhere; padding, of <c>=</c> or <c>.</c>, may be there in full or not at all; bits left over at the end may have any value.
/// </remarks>
internal static class WebSafeBase64
{
    /// <summary>Decodes; null if the text is not Base64url.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<byte> text)
    {
        var output = new byte[(text.Length * 3L / 4) + 1];
        var written = 0;
        var bits = 0u;
        var sextets = 0;
        var at = 0;
        for (; at < text.Length && !IsPadding(text[at]); at++)
        {
            var value = Sextet(text[at]);
            if (value < 0)
            {
                if (IsSpace(text[at]))
                {
                    continue;
                }

                return null;
            }

            bits = (bits << 6) | (uint)value;
            if (++sextets % 4 != 1)
            {
                // Six bits more complete one byte, except for the first sextet of four.
                output[written++] = (byte)(bits >> (6 - (2 * ((sextets - 1) % 4))));
            }
        }

        var left = sextets % 4;
        return left != 1 && IsTail(text[at..], left) ? output[..written] : null;
    }

    /// <summary>Decodes text that came out of a JSON string.</summary>
    public static byte[]? TryDecode(string text) => TryDecode(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>True for no padding or all of it, with white space between.</summary>
    private static bool IsTail(ReadOnlySpan<byte> tail, int left)
    {
        var padding = 0;
        foreach (var c in tail)
        {
            if (IsPadding(c))
            {
                padding++;
            }
            else if (!IsSpace(c))
            {
                return false;
            }
        }

        return padding == 0 || (left > 0 && padding == 4 - left);
    }

    private static int Sextet(byte c) =>
        c switch
        {
            >= (byte)'A' and <= (byte)'Z' => c - 'A',
            >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
            >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
            (byte)'-' => 62,
            (byte)'_' => 63,
            _ => -1,
        };

    private static bool IsPadding(byte c) => c is (byte)'=' or (byte)'.';

    private static bool IsSpace(byte c) => c is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
