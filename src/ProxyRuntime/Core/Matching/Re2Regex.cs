using System.Buffers;
using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A regular expression as RE2, Envoy's engine, understands it: over the bytes of UTF-8, leftmost first, in time linear in the subject.
/// Immutable; several threads may use it at once.
/// </summary>
/// <remarks>
/// The pattern is parsed (<see cref="Re2Parser"/>) and compiled to a program over bytes (<see cref="Re2Compiler"/>), both as RE2 does, so that
/// verdict, error text and program size are its own. Whether a subject matches, a <see cref="ForwardDfa"/> tells, whose states are made when
/// they are first needed; after that matching allocates nothing. To replace, a <see cref="BackwardDfa"/> first reads the subject from its end;
/// then a <see cref="MatchFinder"/> goes through it once and never has to try in vain.
/// </remarks>
public sealed class Re2Regex
{
    /// <summary>In UTF-16 code units. RE2 sets no limit but of the program; this one bounds the time to make it.</summary>
    private const int MaxPatternLength = 256 * 1024;

    private const string TooLarge = "pattern too large - compile failed";

    private readonly Re2Program program;

    /// <summary>What every match begins with, at the begin of the subject; empty if that is not known.</summary>
    private readonly byte[] literal;
    private readonly bool literalFoldsCase;

    /// <summary>What a match of the whole subject goes on with behind the literal, and where in the program that leads.</summary>
    private readonly byte[] head;
    private readonly int behindHead;

    /// <summary>What a match of the whole subject ends with, as far as that is known: most of those that do not match need not be read.</summary>
    private readonly byte[] tail;
    private ForwardDfa? full;
    private ForwardDfa? partial;
    private BackwardDfa? backward;

    private Re2Regex(string pattern, int groupCount, Re2Program program, Re2Node? prefix, Re2Node? suffix)
    {
        Pattern = pattern;
        GroupCount = groupCount;
        this.program = program;
        literal = prefix is null ? [] : Bytes(prefix.Runes);
        literalFoldsCase = prefix?.Has(Re2Flags.FoldCase) == true;
        head = program.Head(out behindHead);
        tail = suffix is null ? [] : Bytes(suffix.Runes);
    }

    /// <summary>The expression as written.</summary>
    public string Pattern { get; }

    /// <summary>How many groups capture.</summary>
    public int GroupCount { get; }

    /// <summary>What RE2 calls the program size, which Envoy limits (<c>re2.max_program_size.error_level</c>, 100 by default).</summary>
    public int ProgramSize => program.Size;

    /// <returns>The expression; null with an <paramref name="error"/> in RE2's words.</returns>
    public static Re2Regex? TryParse(string pattern, out string? error)
    {
        if (pattern.Length > MaxPatternLength)
        {
            error = TooLarge;
            return null;
        }

        var expression = Re2Parser.Parse(pattern, out var groups, out error);
        if (expression is null)
        {
            return null;
        }

        var prefix = Re2Anchors.TryRemovePrefix(ref expression);
        if (Re2Compiler.Compile(expression) is { } program)
        {
            return new Re2Regex(pattern, groups, program, prefix, Re2Anchors.Suffix(expression));
        }

        error = TooLarge;
        return null;
    }

    /// <summary>What every subject that matches as a whole begins with, as far as that is known; may be empty.</summary>
    internal ReadOnlySpan<byte> Prefix =>
        literal.Length == 0 ? head
        : literalFoldsCase ? []
        : literal;

    /// <summary>Whether the whole subject matches.</summary>
    public bool IsFullMatch(ReadOnlySpan<byte> subject)
    {
        if (!subject.EndsWith(tail) || !BeginsWithLiteral(subject))
        {
            return false;
        }

        var rest = subject[literal.Length..];
        return rest.StartsWith(head) && Full.IsMatch(rest[head.Length..]);
    }

    /// <summary>Whether a match is found in the subject.</summary>
    public bool IsPartialMatch(ReadOnlySpan<byte> subject) => BeginsWithLiteral(subject) && Partial.IsMatch(subject[literal.Length..]);

    /// <summary>Writes the subject with all matches replaced, also if there are none.</summary>
    /// <returns>How many were replaced.</returns>
    public int ReplaceAll(ReadOnlySpan<byte> subject, Re2Substitution substitution, IBufferWriter<byte> output)
    {
        if (substitution.MaxGroup > GroupCount || !IsPartialMatch(subject))
        {
            output.Write(subject);
            return 0;
        }

        Span<int> places = stackalloc int[2 * (substitution.MaxGroup + 1)];
        using var finder = new MatchFinder(program, Backward, subject, literal.Length, places);
        var (count, position, lastEnd) = (0, 0, -1);
        while (position <= subject.Length && finder.TryFind(position))
        {
            var (begin, end) = (places[0], places[1]);
            output.Write(subject[position..begin]);
            if (begin == end && begin == lastEnd)
            {
                // Nothing, right behind the last match, does not count: on to the next character.
                var skipped = Math.Min(CharacterLength(subject[begin..]), subject.Length - begin);
                output.Write(subject.Slice(begin, skipped));
                position = begin + Math.Max(skipped, 1);
                continue;
            }

            substitution.Write(subject, places, output);
            (position, lastEnd) = (end, end);
            count++;
        }

        output.Write(subject[Math.Min(position, subject.Length)..]);
        return count;
    }

    /// <summary>Takes the automaton of an expression that goes on alike behind what it begins with, if there is one.</summary>
    /// <param name="known">The automata so far; one that is new is added.</param>
    internal void Share(Dictionary<(string Program, Re2Context Before), ForwardDfa> known)
    {
        if (Volatile.Read(ref full) is null)
        {
            var rest = program.From(behindHead);
            ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(known, (rest.Text, BehindHead(rest)), out _);
            place ??= NewFull(rest);
            _ = Shared(ref full, place);
        }
    }

    private ForwardDfa Full => Volatile.Read(ref full) ?? Shared(ref full, NewFull(program.From(behindHead)));

    private ForwardDfa Partial =>
        Volatile.Read(ref partial)
        ?? Shared(ref partial, new ForwardDfa(program, program.Start, beginsAnywhere: literal.Length == 0, endsAnywhere: true, BeforeProgram));

    private BackwardDfa Backward => Volatile.Read(ref backward) ?? Shared(ref backward, new BackwardDfa(program));

    private Re2Context BeforeProgram => literal.Length == 0 ? Re2Context.Edge : program.ContextOf(literal[^1]);

    private ForwardDfa NewFull(Re2Program rest) => new(rest, rest.Start, beginsAnywhere: false, endsAnywhere: false, BehindHead(rest));

    private Re2Context BehindHead(Re2Program rest) =>
        head.Length > 0 ? rest.ContextOf(head[^1])
        : literal.Length > 0 ? rest.ContextOf(literal[^1])
        : Re2Context.Edge;

    private static T Shared<T>(ref T? place, T made)
        where T : class => Interlocked.CompareExchange(ref place, made, null) ?? made;

    private bool BeginsWithLiteral(ReadOnlySpan<byte> subject)
    {
        if (literal.Length > 0 && program.AnchorStart)
        {
            // Another begin of the text behind the literal.
            return false;
        }

        if (!literalFoldsCase)
        {
            return subject.StartsWith(literal);
        }

        for (var i = 0; i < literal.Length; i++)
        {
            var value = i < subject.Length ? subject[i] : -1;
            if ((value is >= 'A' and <= 'Z' ? value + 'a' - 'A' : value) != literal[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bytes of the first character of a text; 1 if it does not begin with a whole one. As in RE2, surrogates are characters.</summary>
    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        var lead = text.IsEmpty ? 0 : text[0];
        var length = lead switch
        {
            >= 0xC2 and < 0xE0 => 2,
            >= 0xE0 and < 0xF0 => 3,
            >= 0xF0 and < 0xF5 => 4,
            _ => 1,
        };
        if (length == 1 || length > text.Length || text[1..length].ContainsAnyExceptInRange((byte)0x80, (byte)0xBF))
        {
            return 1;
        }

        var isOverlong = (lead == 0xE0 && text[1] < 0xA0) || (lead == 0xF0 && text[1] < 0x90);
        return isOverlong || (lead == 0xF4 && text[1] >= 0x90) ? 1 : length;
    }

    private static byte[] Bytes(List<int> runes)
    {
        var bytes = new List<byte>();
        Span<byte> one = stackalloc byte[4];
        foreach (var rune in runes)
        {
            bytes.AddRange(one[..Re2Compiler.Encode(rune, one)]);
        }

        return [.. bytes];
    }
}
