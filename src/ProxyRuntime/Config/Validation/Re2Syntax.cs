using System.Text.RegularExpressions;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Tells whether a regular expression is one of RE2, the engine Envoy uses: no look-around, no back references, no atomic groups.</summary>
internal static partial class Re2Syntax
{
    /// <summary>More of the pattern in a message helps nobody.</summary>
    private const int MaxQuoted = 80;

    /// <summary>What is wrong, in RE2's words where they are known; null if nothing is.</summary>
    public static string? Check(string pattern)
    {
        if (FindForeign(pattern) is { } foreign)
        {
            return foreign;
        }

        try
        {
            // Only parsed, never matched.
            _ = new Regex(ToDotNet(pattern), RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);
            return null;
        }
        catch (RegexParseException e)
        {
            return e.Error switch
            {
                RegexParseError.InsufficientClosingParentheses => $"missing ): {Quoted(pattern)}",
                RegexParseError.InsufficientOpeningParentheses => $"unexpected ): {Quoted(pattern)}",
                RegexParseError.UnterminatedBracket => $"missing ]: {Quoted(pattern[Math.Max(0, pattern.IndexOf('[', StringComparison.Ordinal))..])}",
                RegexParseError.QuantifierAfterNothing => $"no argument for repetition operator: {Quoted(pattern)}",
                RegexParseError.NestedQuantifiersNotParenthesized => $"bad repetition operator: {Quoted(pattern)}",
                RegexParseError.UnescapedEndingBackslash => "trailing \\",
                _ => $"not a regular expression of RE2: {Quoted(pattern)}",
            };
        }
    }

    /// <summary>Constructs that .NET has and RE2 has not.</summary>
    private static string? FindForeign(string pattern)
    {
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\' when i + 1 < pattern.Length:
                    i++;
                    if (!inClass && pattern[i] is (>= '1' and <= '9') or 'k' or 'G' or 'Z')
                    {
                        return $"invalid escape sequence: \\{pattern[i]}";
                    }

                    break;
                case '[' when !inClass:
                    inClass = true;
                    i += At(pattern, i + 1) == '^' ? 1 : 0;
                    i += At(pattern, i + 1) == ']' ? 1 : 0;
                    break;
                case '[' when At(pattern, i + 1) == ':' && pattern.IndexOf(":]", i, StringComparison.Ordinal) is > 0 and var end:
                    i = end + 1;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass && At(pattern, i + 1) == '?' && IsForeignGroup(pattern, i + 2):
                    var length = At(pattern, i + 2) == '<' ? 4 : 3;
                    return $"invalid perl operator: {pattern.Substring(i, Math.Min(length, pattern.Length - i))}";
                default:
                    break;
            }
        }

        return null;
    }

    private static bool IsForeignGroup(string pattern, int at) =>
        At(pattern, at) switch
        {
            '=' or '!' or '>' or '#' or '(' or '\'' => true,
            '<' => At(pattern, at + 1) is '=' or '!',
            _ => false,
        };

    /// <summary>The same expression with named groups, quoted literals, classes and flags as .NET writes them.</summary>
    private static string ToDotNet(string pattern) =>
        OwnNotation()
            .Replace(
                pattern,
                static match =>
                    match.Groups switch
                    {
                        { } groups when groups["quoted"].Success => Regex.Escape(groups["quoted"].Value),
                        { } groups when groups["class"].Success => "\\p{L}", // Which classes there are is for the engine to say.
                        { } groups when groups["flags"].Success => Flags(groups["flags"].Value),
                        _ when match.Value == "(?P<" => "(?<",
                        _ => match.Value == "\\C" ? "." : match.Value,
                    }
            );

    /// <summary>The flag U, which makes operators lazy, changes nothing about what is well formed.</summary>
    private static string Flags(string text)
    {
        var flags = text.Replace("U", "", StringComparison.Ordinal).Replace("-)", ")", StringComparison.Ordinal).Replace("-:", ":", StringComparison.Ordinal);
        return flags == ")" ? "" : $"(?{flags}";
    }

    [GeneratedRegex(
        @"\\Q(?<quoted>.*?)(\\E|$)|\\[pP](?<class>[A-Z]|\{\^?\w+\})|\\C|\(\?P<|\(\?(?<flags>[imsU]*(-[imsU]+)?[:)])|\\.",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: -1
    )]
    private static partial Regex OwnNotation();

    private static char At(string text, int index) => index < text.Length ? text[index] : '\0';

    private static string Quoted(string pattern) => pattern.Length <= MaxQuoted ? pattern : $"{pattern[..MaxQuoted]}…";
}
