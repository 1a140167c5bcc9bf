using System.Buffers;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What replaces a match: text in which <c>\1</c> to <c>\9</c> stand for what the groups captured, <c>\0</c> for the whole match and <c>\\</c>
/// for a backslash. A group that took no part stands for nothing.
/// </summary>
/// <remarks>Envoy does not check it (<c>RegexMatchAndSubstitute.substitution</c>); what a wrong one does is told at each place.</remarks>
public sealed class Re2Substitution
{
    private readonly List<(byte[] Literal, int Group)> parts = [];
    private string? malformed;

    private Re2Substitution(string text) => Text = text;

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The highest group that is asked for; 0 also for none. If there are not as many, nothing is ever replaced.</summary>
    public int MaxGroup { get; private set; }

    /// <summary>Reads any text. A backslash that does not say what it stands for ends the replacement there.</summary>
    public static Re2Substitution Parse(string text)
    {
        var substitution = new Re2Substitution(text);
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            // Groups count also where they are no longer written.
            var (letter, escaped) = text[i] == '\\' ? (++i < text.Length ? text[i] : '\0', true) : (text[i], false);
            if (escaped && char.IsAsciiDigit(letter))
            {
                substitution.Add(literal, letter - '0');
            }
            else if (!escaped || letter == '\\')
            {
                _ = literal.Append(letter);
            }
            else
            {
                substitution.Add(literal, group: -1);
                substitution.malformed ??= i < text.Length ? "'\\' must be followed by a digit or '\\'." : "'\\' not allowed at end.";
            }
        }

        substitution.Add(literal, group: -1);
        return substitution;
    }

    /// <summary>What RE2 finds wrong with it for an expression of so many groups; null if nothing is.</summary>
    public string? Check(int groupCount) =>
        malformed is not null ? $"Rewrite schema error: {malformed}"
        : MaxGroup > groupCount ? $"Rewrite schema requests {MaxGroup} matches, but the regexp only has {groupCount} parenthesized subexpressions."
        : null;

    /// <param name="places">Begin and end of the match, then of the groups; -1 for one that took no part.</param>
    internal void Write(ReadOnlySpan<byte> subject, ReadOnlySpan<int> places, IBufferWriter<byte> output)
    {
        foreach (var (literal, group) in parts)
        {
            output.Write(literal);
            if (group >= 0 && places[2 * group] >= 0)
            {
                output.Write(subject[places[2 * group]..places[(2 * group) + 1]]);
            }
        }
    }

    private void Add(StringBuilder literal, int group)
    {
        MaxGroup = Math.Max(MaxGroup, group);
        if (malformed is null)
        {
            parts.Add((Encoding.UTF8.GetBytes(literal.ToString()), group));
        }

        _ = literal.Clear();
    }
}
