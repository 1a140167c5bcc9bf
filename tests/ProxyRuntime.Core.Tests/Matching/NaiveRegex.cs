using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>
/// A small expression over the letters a and b that is matched by trying everything in order of preference. What is reached twice is
/// tried once: repetitions of repetitions of nothing would otherwise be tried billions of times.
/// </summary>
internal sealed class NaiveRegex
{
    private delegate IEnumerable<(int End, (int Begin, int End)? Group)> Matcher(string subject, int at, (int Begin, int End)? group);

    private readonly Matcher matcher;

    private NaiveRegex(string pattern, bool nullable, Matcher matcher) => (Pattern, Nullable, this.matcher) = (pattern, nullable, matcher);

    public string Pattern { get; }

    private bool Nullable { get; }

    /// <summary>An expression that follows from some bytes; at most one group captures.</summary>
    public static NaiveRegex Generate(byte[] shape)
    {
        var next = 0;
        var hasGroup = false;
        return Part(4);

        int Draw(int below) => next < shape.Length ? shape[next++] % below : 0;

        NaiveRegex Part(int depth)
        {
            switch (Draw(depth > 0 ? 13 : 6))
            {
                case >= 9:
                    return Sequence(Part(depth - 1), Part(depth - 1));
                case 8:
                    return Either(Part(depth - 1), Part(depth - 1));
                case 7 when !hasGroup:
                    hasGroup = true;
                    return Captured(Part(depth - 1));
                case 6 or 7:
                    return Repeated(Part(depth - 1), Draw(4), Draw(2) == 1);
                case var leaf:
                    return Leaf(leaf, Draw(6));
            }
        }
    }

    public bool IsFullMatch(string subject) => matcher(subject, 0, null).Any(match => match.End == subject.Length);

    public bool IsPartialMatch(string subject) => Enumerable.Range(0, subject.Length + 1).Any(at => matcher(subject, at, null).Any());

    public (string Text, int Count) ReplaceAll(string subject)
    {
        var (text, count, lastEnd) = (new StringBuilder(), 0, -1);
        for (var at = 0; at <= subject.Length; )
        {
            if (matcher(subject, at, null).Cast<(int End, (int Begin, int End)? Group)?>().FirstOrDefault() is { } match && (match.End > at || at != lastEnd))
            {
                var captured = match.Group is { } group ? subject[group.Begin..group.End] : "";
                _ = text.Append('<').Append(subject, at, match.End - at).Append(captured).Append('>');
                (lastEnd, count) = (match.End, count + 1);
                if (match.End > at)
                {
                    at = match.End;
                    continue;
                }
            }

            _ = text.Append(subject, at, at < subject.Length ? 1 : 0);
            at++;
        }

        return (text.ToString(), count);
    }

    private static NaiveRegex Leaf(int kind, int which) =>
        (kind, which) switch
        {
            (0 or 1 or 2, _) => Character(which % 2 == 0 ? "a" : "b", letter => letter == (which % 2 == 0 ? 'a' : 'b')),
            (3, _) => which % 2 == 0 ? Character(".", static letter => letter != '\n') : Character("[^a]", static letter => letter != 'a'),
            (4, 0) => Place("^", static (_, at) => at == 0),
            (4, 1) => Place("$", static (subject, at) => at == subject.Length),
            (4, 2) => Place("(?m:^)", static (subject, at) => at == 0 || subject[at - 1] == '\n'),
            (4, 3) => Place("(?m:$)", static (subject, at) => at == subject.Length || subject[at] == '\n'),
            (4, 4) => Place("\\b", static (subject, at) => IsWord(subject, at - 1) != IsWord(subject, at)),
            (4, _) => Place("\\B", static (subject, at) => IsWord(subject, at - 1) == IsWord(subject, at)),
            _ => new NaiveRegex("", nullable: true, static (_, at, group) => [(at, group)]),
        };

    private static NaiveRegex Character(string pattern, Func<char, bool> takes) =>
        new(pattern, nullable: false, (subject, at, group) => at < subject.Length && takes(subject[at]) ? [(at + 1, group)] : []);

    private static NaiveRegex Place(string pattern, Func<string, int, bool> holds) =>
        new(pattern, nullable: true, (subject, at, group) => holds(subject, at) ? [(at, group)] : []);

    private static NaiveRegex Sequence(NaiveRegex one, NaiveRegex next) =>
        new(
            one.Pattern + next.Pattern,
            one.Nullable && next.Nullable,
            (subject, at, group) => one.matcher(subject, at, group).SelectMany(match => next.matcher(subject, match.End, match.Group)).Distinct()
        );

    private static NaiveRegex Either(NaiveRegex one, NaiveRegex other) =>
        new(
            $"(?:{one.Pattern}|{other.Pattern})",
            one.Nullable || other.Nullable,
            (subject, at, group) => one.matcher(subject, at, group).Concat(other.matcher(subject, at, group)).Distinct()
        );

    private static NaiveRegex Captured(NaiveRegex inner) =>
        new(
            $"({inner.Pattern})",
            inner.Nullable,
            (subject, at, group) => inner.matcher(subject, at, group).Select(match => (match.End, ((int, int)?)(at, match.End)))
        );

    /// <summary>What may be empty is not repeated without end: what such a repetition prefers is a matter of taste.</summary>
    private static NaiveRegex Repeated(NaiveRegex inner, int kind, bool lazy)
    {
        var (text, min, max) = kind switch
        {
            0 when !inner.Nullable => ("*", 0, int.MaxValue),
            1 when !inner.Nullable => ("+", 1, int.MaxValue),
            2 => ("{2,3}", 2, 3),
            _ => ("?", 0, 1),
        };
        return new NaiveRegex(
            $"(?:{inner.Pattern}){text}{(lazy ? "?" : "")}",
            min == 0 || inner.Nullable,
            (subject, at, group) => Times(subject, at, group, 0)
        );

        IEnumerable<(int End, (int Begin, int End)? Group)> Times(string subject, int at, (int Begin, int End)? group, int done)
        {
            var more = done < max ? inner.matcher(subject, at, group).SelectMany(match => Times(subject, match.End, match.Group, done + 1)) : [];
            var enough = done >= min ? ImmutableArray.Create((at, group)) : [];
            return (lazy ? enough.Concat(more) : more.Concat(enough)).Distinct();
        }
    }

    private static bool IsWord(string subject, int at) => at >= 0 && at < subject.Length && subject[at] != '\n';
}
