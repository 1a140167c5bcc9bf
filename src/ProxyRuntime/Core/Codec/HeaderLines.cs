using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads header lines into a map, as strictly as Envoy does: names are tokens, values have no control bytes but tab.</summary>
internal static class HeaderLines
{
    private static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~"u8);

    /// <summary>Control bytes but tab, CR and LF.</summary>
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Where(static b => b is not ('\t' or '\r' or '\n')).Select(static b => (byte)b),
        0x7f,
    ]);

    /// <summary>Reads all lines of a block that ends with an empty line. Returns what is wrong with it, or null.</summary>
    /// <param name="map">Takes the lines; null: they are only checked for being header lines at all.</param>
    public static RequestError? Read(ReadOnlySpan<byte> block, HeaderMap? map, in HeaderLineRules rules)
    {
        if (block.ContainsAny(Forbidden))
        {
            return RequestError.InvalidCharacters;
        }

        for (var count = 1; !IsEmptyLine(block); count++)
        {
            if (ReadField(TakeField(ref block), map, rules) is { } error)
            {
                return error;
            }

            if (map is not null && count > rules.MaxCount)
            {
                return RequestError.TooManyHeaders;
            }
        }

        return null;
    }

    /// <summary>Cuts off the first line, without its end.</summary>
    public static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> block)
    {
        var lf = block.IndexOf((byte)'\n');
        var line = block[..lf];
        block = block[(lf + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    public static bool IsToken(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(Token);

    private static bool IsEmptyLine(ReadOnlySpan<byte> block) => block.IsEmpty || block[0] == (byte)'\n' || block.StartsWith("\r\n"u8);

    /// <summary>Cuts off one field: a line and those that continue it, which begin with a blank or a tab.</summary>
    private static ReadOnlySpan<byte> TakeField(ref ReadOnlySpan<byte> block)
    {
        var end = 0;
        do
        {
            end += block[end..].IndexOf((byte)'\n') + 1;
        } while (end < block.Length && block[end] is (byte)' ' or (byte)'\t');

        var field = block[..end];
        block = block[end..];
        return field;
    }

    private static RequestError? ReadField(ReadOnlySpan<byte> field, HeaderMap? map, in HeaderLineRules rules)
    {
        var colon = field.IndexOf((byte)':');
        if (colon < 0 || !IsToken(field[..colon]))
        {
            return RequestError.Malformed;
        }

        if (map is null)
        {
            return null;
        }

        var name = field[..colon];
        if (rules.Underscores != HeadersWithUnderscoresAction.Allow && name.Contains((byte)'_'))
        {
            return rules.Underscores == HeadersWithUnderscoresAction.RejectRequest ? RequestError.UnexpectedUnderscore : null;
        }

        var value = field[(colon + 1)..].Trim(" \t\r\n"u8);
        if (value.ContainsAny("\r\n"u8))
        {
            value = WithoutLineEnds(value);
        }

        Span<byte> lower = name.Length <= 256 ? stackalloc byte[name.Length] : new byte[name.Length];
        _ = Ascii.ToLower(name, lower, out _);
        if (rules.HostIsAuthority && lower.SequenceEqual("host"u8))
        {
            map.AppendTo(HeaderName.Authority, value);
        }
        else
        {
            map.Add(lower, value);
        }

        return null;
    }

    /// <summary>Continued lines are joined, and a lone CR vanishes.</summary>
    private static byte[] WithoutLineEnds(ReadOnlySpan<byte> value)
    {
        var kept = new byte[value.Length];
        var length = 0;
        foreach (var b in value)
        {
            if (b is not ((byte)'\r' or (byte)'\n'))
            {
                kept[length++] = b;
            }
        }

        return kept[..length];
    }
}

/// <summary>What holds for a block of header lines.</summary>
/// <param name="MaxCount">More lines than these are too many.</param>
/// <param name="HostIsAuthority">A line <c>host</c> is read as <c>:authority</c>: the head of a request.</param>
/// <param name="Underscores">What becomes of names with underscores.</param>
internal readonly record struct HeaderLineRules(int MaxCount, bool HostIsAuthority, HeadersWithUnderscoresAction Underscores)
{
    public static HeaderLineRules OfRequest(Http1Settings settings) => new(settings.MaxHeadersCount, HostIsAuthority: true, settings.Underscores);

    public static HeaderLineRules OfResponse(Http1Settings settings) =>
        new(settings.MaxHeadersCount, HostIsAuthority: false, HeadersWithUnderscoresAction.Allow);
}
