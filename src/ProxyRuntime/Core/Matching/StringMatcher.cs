using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How a <see cref="StringMatcher"/> compares.</summary>
public enum StringMatch : byte
{
    Exact,
    Prefix,
    Suffix,
    Contains,
    SafeRegex,
}

/// <summary>envoy.type.matcher.v3.StringMatcher: equality, prefix, suffix, substring, or a regular expression over the whole text.</summary>
public sealed class StringMatcher
{
    private readonly byte[] bytes;
    private readonly Re2Regex? regex;

    private StringMatcher(StringMatch kind, string text, bool ignoreCase, Re2Regex? regex)
    {
        Kind = kind;
        Text = text;
        IgnoreCase = ignoreCase;
        this.regex = regex;
        bytes = Encoding.UTF8.GetBytes(text);
    }

    public StringMatch Kind { get; }

    /// <summary>What is compared with, or the regular expression.</summary>
    public string Text { get; }

    /// <summary>ignore_case: ASCII letters in either case are equal; of no meaning for a regular expression.</summary>
    public bool IgnoreCase { get; }

    internal Re2Regex? Regex => regex;

    public static StringMatcher Of(StringMatch kind, string text, bool ignoreCase = false) => new(kind, text, ignoreCase, null);

    public static StringMatcher Of(Re2Regex regex) => new(StringMatch.SafeRegex, regex.Pattern, ignoreCase: false, regex);

    public bool Matches(ReadOnlySpan<byte> value) =>
        Kind switch
        {
            StringMatch.Exact => value.Length == bytes.Length && Same(value),
            StringMatch.Prefix => value.Length >= bytes.Length && Same(value[..bytes.Length]),
            StringMatch.Suffix => value.Length >= bytes.Length && Same(value[^bytes.Length..]),
            StringMatch.Contains => IgnoreCase ? ContainsIgnoringCase(value) : value.IndexOf(bytes) >= 0,
            _ => regex!.IsFullMatch(value),
        };

    public override string ToString() =>
        Kind switch
        {
            StringMatch.Exact => $"equals '{Text}'",
            StringMatch.Prefix => $"starts with '{Text}'",
            StringMatch.Suffix => $"ends with '{Text}'",
            StringMatch.Contains => $"contains '{Text}'",
            _ => $"matches the regular expression '{Text}'",
        } + (IgnoreCase ? " (ignoring case)" : "");

    private bool Same(ReadOnlySpan<byte> value) => IgnoreCase ? EqualsIgnoringCase(value, bytes) : value.SequenceEqual(bytes);

    private bool ContainsIgnoringCase(ReadOnlySpan<byte> value)
    {
        for (var i = 0; i <= value.Length - bytes.Length; i++)
        {
            if (EqualsIgnoringCase(value.Slice(i, bytes.Length), bytes))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Bytes beyond ASCII have no case and must be the same.</summary>
    internal static bool EqualsIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && (Lower(a[i]) != Lower(b[i])))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
