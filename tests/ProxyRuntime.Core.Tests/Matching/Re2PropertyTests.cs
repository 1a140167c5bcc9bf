using System.Buffers;
using System.Diagnostics;
using System.Text;
using CsCheck;

namespace MeshSim.ProxyRuntime.Core.Tests;

public class Re2PropertyTests
{
    /// <summary>Against a matcher that goes back: whether all or a part matches, and all matches with what they captured.</summary>
    [Fact]
    public void It_finds_what_a_backtracking_matcher_finds() =>
        Gen.Select(Gen.Byte.Array[1, 40], Gen.Char["ab\n"].Array[0, 9])
            .Sample(
                (shape, letters) =>
                {
                    var expression = NaiveRegex.Generate(shape);
                    var regex = Re2.Parse(expression.Pattern);
                    var subject = new string(letters);
                    var bytes = Encoding.ASCII.GetBytes(subject);
                    var output = new ArrayBufferWriter<byte>();
                    var count = regex.ReplaceAll(bytes, Re2Substitution.Parse(regex.GroupCount > 0 ? "<\\0\\1>" : "<\\0>"), output);

                    return regex.IsFullMatch(bytes) == expression.IsFullMatch(subject)
                        && regex.IsPartialMatch(bytes) == expression.IsPartialMatch(subject)
                        && (Encoding.ASCII.GetString(output.WrittenSpan), count) == expression.ReplaceAll(subject);
                },
                seed: "0000KOIPe036",
                iter: 20_000
            );

    /// <summary>Whatever stands in an expression, it is taken or refused with a reason, and soon.</summary>
    [Fact]
    public void Any_text_is_an_expression_or_an_error() =>
        Gen.OneOf(
                Gen.Char["()[]{}*+?|\\^$.-,:019abcdepPQEzAxnsSdDwWBimU<>=!'#é\ud83d\ude00"].Select(static c => c.ToString()),
                Gen.Int[0, Pieces.Length - 1].Select(static i => Pieces[i])
            )
            .Array[0, 30]
            .Sample(
                pieces =>
                {
                    var started = Stopwatch.GetTimestamp();
                    var regex = Re2Regex.TryParse(string.Concat(pieces), out var error);
                    var subject = Encoding.UTF8.GetBytes(string.Concat(pieces));
                    _ = regex?.IsFullMatch(subject) | regex?.IsPartialMatch(subject);
                    _ = regex?.ReplaceAll(subject, Re2Substitution.Parse("\\0"), new ArrayBufferWriter<byte>());
                    return regex is null == error is not null && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10);
                },
                seed: "0000KOIPe036",
                iter: 10_000
            );

    private static readonly string[] Pieces =
    [
        "[[:alpha:]]",
        "[[:",
        ":]]",
        "(?",
        "(?P<n>",
        "(?i)",
        "(?s-i:",
        "\\Q",
        "\\E",
        "\\x{",
        "\\p{Greek}",
        "\\p{",
        "{2}",
        "{0,5}",
        "{1,}?",
        "{1000}",
        "[^a]",
        "a-z",
        "(a|b)",
        "\\b",
    ];
}
