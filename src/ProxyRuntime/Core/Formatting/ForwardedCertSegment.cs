namespace MeshSim.ProxyRuntime.Core;

/// <summary>XFCC_VALUE: the first value of a key in x-forwarded-client-cert, that is of the client farthest away.</summary>
internal sealed class ForwardedCertSegment(byte[] key) : FormatSegment
{
    private static readonly string[] Keys = ["by", "hash", "cert", "chain", "subject", "uri", "dns"];

    public static FormatSegment? Create(in FormatArguments arguments, out string? error)
    {
        var key = arguments.Parameters.ToLowerInvariant();
        error =
            key.Length == 0 ? "XFCC_VALUE command requires a subcommand"
            : Keys.Contains(key, StringComparer.Ordinal) ? null
            : $"XFCC_VALUE command does not support subcommand: {key}";
        return error is null ? new ForwardedCertSegment(System.Text.Encoding.ASCII.GetBytes(key)) : null;
    }

    public override bool Write(StreamInfo info, ByteBuffer output)
    {
        // One element for each proxy, set apart by commas; in it pairs, set apart by semicolons; neither counts within quotes.
        var header = info.RequestHeaders.Get(HeaderName.XForwardedClientCert);
        if (!IsBalanced(header))
        {
            return false;
        }

        while (!header.IsEmpty)
        {
            var pair = Next(ref header);
            var equals = pair.IndexOf((byte)'=');
            var name = (equals < 0 ? pair : pair[..equals]).Trim(" \t"u8);
            if (System.Text.Ascii.EqualsIgnoreCase(name, key))
            {
                WriteUnquoted((equals < 0 ? default : pair[(equals + 1)..]).Trim(" \t"u8), output);
                return true;
            }
        }

        return false;
    }

    /// <summary>The text up to the next comma or semicolon outside of quotes.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'"' && !IsEscaped(text, i))
            {
                quoted = !quoted;
            }
            else if (!quoted && text[i] is (byte)',' or (byte)';')
            {
                var found = text[..i];
                text = text[(i + 1)..];
                return found;
            }
        }

        var last = text;
        text = default;
        return last;
    }

    private static bool IsBalanced(ReadOnlySpan<byte> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == (byte)'"' && !IsEscaped(text, i);
        }

        return !quoted;
    }

    private static bool IsEscaped(ReadOnlySpan<byte> text, int at)
    {
        var backslashes = 0;
        while (at > backslashes && text[at - backslashes - 1] == (byte)'\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }

    private static void WriteUnquoted(ReadOnlySpan<byte> value, ByteBuffer output)
    {
        if (value.Length >= 2 && value[0] == (byte)'"' && value[^1] == (byte)'"')
        {
            value = value[1..^1];
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == (byte)'\\' && i + 1 < value.Length && value[i + 1] is (byte)'"' or (byte)'\\')
            {
                i++;
            }

            output.Append(value[i]);
        }
    }
}
