using System.Buffers.Text;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>HeaderMatcher: tests one header of a request or response.</summary>
/// <remarks>
/// Several lines of the same name are tested one by one; one that fits is enough. A header that is missing never fits, inverted or not –
/// except for a test of presence, and where treat_missing_header_as_empty makes it an empty value.
/// </remarks>
public sealed class HeaderMatcher
{
    private readonly HeaderName name;
    private readonly StringMatcher? text;
    private readonly (long Start, long End)? range;
    private readonly bool? present;
    private readonly bool matchesAnyValue;

    private HeaderMatcher(HeaderName name, StringMatcher? text, (long Start, long End)? range, bool? present, bool matchesAnyValue)
    {
        this.name = name;
        this.text = text;
        this.range = range;
        this.present = present;
        this.matchesAnyValue = matchesAnyValue;
    }

    public HeaderName Name => name;

    internal Re2Regex? Regex => text?.Regex;

    /// <summary>invert_match: the result is turned around. Default false.</summary>
    public bool Invert { get; init; }

    /// <summary>treat_missing_header_as_empty. Default false.</summary>
    public bool TreatMissingAsEmpty { get; init; }

    public static HeaderMatcher OfText(string name, StringMatcher text) => new(HeaderName.Of(name), text, null, null, matchesAnyValue: false);

    /// <summary>The deprecated exact_match, whose empty text fits every value.</summary>
    public static HeaderMatcher OfExactMatch(string name, string text) =>
        new(HeaderName.Of(name), StringMatcher.Of(StringMatch.Exact, text), null, null, matchesAnyValue: text.Length == 0);

    /// <summary>range_match: the whole value is an integer from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public static HeaderMatcher OfRange(string name, long start, long end) => new(HeaderName.Of(name), null, (start, end), null, matchesAnyValue: false);

    /// <summary>present_match, or no specifier at all, which means present.</summary>
    public static HeaderMatcher OfPresence(string name, bool present = true) => new(HeaderName.Of(name), null, null, present, matchesAnyValue: false);

    /// <summary>The same test with these flags.</summary>
    public HeaderMatcher With(bool invert, bool treatMissingAsEmpty) =>
        new(name, text, range, present, matchesAnyValue) { Invert = invert, TreatMissingAsEmpty = treatMissingAsEmpty };

    /// <summary>All that distinguishes this matcher from others.</summary>
    internal HeaderQuestion Question => new(name.Name, text?.Kind, text?.Text, text?.IgnoreCase, range, present, matchesAnyValue, Invert, TreatMissingAsEmpty);

    public bool Matches(HeaderMap headers)
    {
        var at = headers.IndexOf(name);
        if (present is { } wanted)
        {
            return at < 0 && !TreatMissingAsEmpty ? Invert == wanted : wanted != Invert;
        }

        if (at < 0)
        {
            return TreatMissingAsEmpty && Test(default) != Invert;
        }

        for (; at >= 0; at = headers.IndexOf(name, at + 1))
        {
            if (Test(headers.ValueAt(at)))
            {
                return !Invert;
            }
        }

        return Invert;
    }

    public override string ToString()
    {
        var not = Invert ? "not: " : "";
        var empty = TreatMissingAsEmpty ? " (missing counts as empty)" : "";
        if (present is { } wanted)
        {
            return $"{not}header '{name}' is {(wanted ? "present" : "absent")}{empty}";
        }

        var test = range is { } r ? string.Create(CultureInfo.InvariantCulture, $"is an integer from {r.Start} to before {r.End}") : $"{text}";
        return $"{not}header '{name}' {test}{empty}";
    }

    private bool Test(ReadOnlySpan<byte> value)
    {
        if (range is not { } r)
        {
            return matchesAnyValue || text!.Matches(value);
        }

        return Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length && number >= r.Start && number < r.End;
    }
}

/// <summary>What a <see cref="HeaderMatcher"/> asks: two with the same question always agree.</summary>
internal readonly record struct HeaderQuestion(
    string Name,
    StringMatch? Kind,
    string? Text,
    bool? IgnoreCase,
    (long Start, long End)? Range,
    bool? Present,
    bool MatchesAnyValue,
    bool Invert,
    bool TreatMissingAsEmpty
);
