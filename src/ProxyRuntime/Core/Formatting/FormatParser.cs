using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Takes a format apart: text, <c>%%</c>, and operators <c>%NAME(arguments):length%</c>.</summary>
internal static partial class FormatParser
{
    public static ImmutableArray<FormatSegment> Parse(string text, out string? error)
    {
        error = null;
        var segments = ImmutableArray.CreateBuilder<FormatSegment>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; )
        {
            if (text[at] != '%')
            {
                _ = literal.Append(text[at++]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                _ = literal.Append('%');
                at += 2;
                continue;
            }

            var match = Operator().Match(text, at);
            if (!match.Success)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"Incorrect configuration: {text}. Couldn't find valid command at position {at}");
                return [];
            }

            Flush(literal, segments);
            if (FormatOperators.Create(match.Groups["name"].Value, match.Groups["args"].Value, Length(match), out error) is not { } segment)
            {
                return [];
            }

            segments.Add(segment);
            at += match.Length;
        }

        Flush(literal, segments);
        return segments.ToImmutable();
    }

    private static int Length(Match match) =>
        match.Groups["length"].Success && int.TryParse(match.Groups["length"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : int.MaxValue;

    private static void Flush(StringBuilder literal, ImmutableArray<FormatSegment>.Builder segments)
    {
        if (literal.Length > 0)
        {
            segments.Add(new LiteralSegment(Encoding.Latin1.GetBytes(literal.ToString())));
            _ = literal.Clear();
        }
    }

    [GeneratedRegex(
        @"\G%(?<name>[A-Z0-9_]+)(\((?<args>[^)]*)\))?(:(?<length>[0-9]+))?%",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: -1
    )]
    private static partial Regex Operator();
}
