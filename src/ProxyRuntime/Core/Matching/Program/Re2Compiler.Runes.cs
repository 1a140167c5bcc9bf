namespace MeshSim.ProxyRuntime.Core;

/// <summary>Characters as the bytes of their UTF-8. Ranges of them make a tree of byte ranges that shares beginnings and ends.</summary>
internal sealed partial class Re2Compiler
{
    /// <summary>The most bytes of a character.</summary>
    private const int MaxBytes = 4;

    /// <summary>Byte ranges of the class at hand that others may lead to as well.</summary>
    private readonly Dictionary<(int Lo, int Hi, bool FoldCase, int Next), int> shared = [];
    private int rangesBegin;
    private Ends rangesEnds;

    private Fragment Literal(int rune, bool foldCase)
    {
        if (rune < 0x80)
        {
            return ByteRange(rune, rune, foldCase);
        }

        Span<byte> bytes = stackalloc byte[MaxBytes];
        var whole = default(Fragment);
        var length = Encode(rune, bytes);
        for (var i = 0; i < length; i++)
        {
            var one = ByteRange(bytes[i], bytes[i]);
            whole = i == 0 ? one : Concat(whole, one);
        }

        return whole;
    }

    private Fragment AnyChar()
    {
        BeginRanges();
        AddRunes(0, RuneSet.MaxRune, foldCase: false);
        return new Fragment(rangesBegin, rangesEnds, Nullable: false);
    }

    private Fragment Class(RuneSet members)
    {
        // Where upper-case letters are members as the lower-case ones are, the latter do for both.
        var folds = members.FoldsAscii;
        BeginRanges();
        foreach (var (lo, hi) in members)
        {
            if (folds && lo >= 'A' && hi <= 'Z')
            {
                continue;
            }

            var allOrNone = (lo <= 'A' && hi >= 'z') || hi < 'A' || lo > 'z' || (lo > 'Z' && hi < 'a');
            AddRunes(lo, hi, folds && !allOrNone);
        }

        return new Fragment(rangesBegin, rangesEnds, Nullable: false);
    }

    private void BeginRanges()
    {
        shared.Clear();
        (rangesBegin, rangesEnds) = (0, default);
    }

    private void AddRunes(int lo, int hi, bool foldCase)
    {
        if (tooLarge || lo > hi)
        {
            return;
        }

        if (lo == 0x80 && hi == RuneSet.MaxRune)
        {
            AddAllBeyondAscii();
            return;
        }

        // Ranges of one length in bytes, then of the same leading bytes.
        for (var length = 1; length < MaxBytes; length++)
        {
            var last = length == 1 ? 0x7F : (1 << ((5 * length) + 1)) - 1;
            if (lo <= last && last < hi)
            {
                AddRunes(lo, last, foldCase);
                AddRunes(last + 1, hi, foldCase);
                return;
            }
        }

        if (hi < 0x80)
        {
            AddSequence(Range(lo, hi, foldCase, next: 0, share: false));
            return;
        }

        for (var tail = 1; tail < MaxBytes; tail++)
        {
            var mask = (1 << (6 * tail)) - 1;
            if ((lo & ~mask) == (hi & ~mask))
            {
                continue;
            }

            if ((lo & mask) != 0 || (hi & mask) != mask)
            {
                var split = (lo & mask) != 0 ? lo | mask : (hi & ~mask) - 1;
                AddRunes(lo, split, foldCase);
                AddRunes(split + 1, hi, foldCase);
                return;
            }
        }

        AddSameLength(lo, hi);
    }

    /// <summary>A range whose first and last character differ in ranges of all values, byte by byte.</summary>
    private void AddSameLength(int lo, int hi)
    {
        Span<byte> from = stackalloc byte[MaxBytes];
        Span<byte> to = stackalloc byte[MaxBytes];
        var length = Encode(lo, from);
        _ = Encode(hi, to);
        var at = 0;
        for (var i = length - 1; i >= 0; i--)
        {
            // A leading byte is the end of nothing; a last one often of several; one between them if it is a range.
            var share = i == length - 1 || (from[i] < to[i] && i != 0);
            at = Range(from[i], to[i], foldCase: false, at, share);
        }

        AddSequence(at);
    }

    /// <summary>
    /// All that is not ASCII, as is frequent: <c>.</c>, <c>[^a-z]</c>. As in RE2 the program is smaller for not telling overlong forms
    /// (E0 80, F0 80) and what lies beyond U+10FFFF (F4 90) from characters.
    /// </summary>
    private void AddAllBeyondAscii()
    {
        var last = Range(0x80, 0xBF, foldCase: false, next: 0, share: false);
        AddSequence(Range(0xC2, 0xDF, foldCase: false, last, share: false));
        var third = Range(0x80, 0xBF, foldCase: false, last, share: false);
        AddSequence(Range(0xE0, 0xEF, foldCase: false, third, share: false));
        var second = Range(0x80, 0xBF, foldCase: false, third, share: false);
        AddSequence(Range(0xF0, 0xF4, foldCase: false, second, share: false));
    }

    private int Range(int lo, int hi, bool foldCase, int next, bool share)
    {
        if (share && shared.TryGetValue((lo, hi, foldCase, next), out var known))
        {
            return known;
        }

        var at = AddRange(lo, hi, foldCase, next);
        if (next == 0 && at != 0)
        {
            rangesEnds = Joined(rangesEnds, Ends.Of(Slot(at, other: false)));
        }

        if (share)
        {
            shared[(lo, hi, foldCase, next)] = at;
        }

        return at;
    }

    private bool IsShared(int at) => shared.ContainsKey((instructions[at].Lo, instructions[at].Hi, instructions[at].FoldCase, instructions[at].Out));

    private void AddSequence(int at)
    {
        if (!tooLarge)
        {
            rangesBegin = rangesBegin == 0 ? at : WithSequence(rangesBegin, at);
        }
    }

    /// <summary>Adds a sequence of byte ranges to the tree under <paramref name="root"/> and returns the root it has then; at most one level a byte.</summary>
    private int WithSequence(int root, int at)
    {
        // Ranges come in order, so only the one added last can begin alike.
        var isAlternate = instructions[root].Op == Re2Opcode.Alternate;
        var last = isAlternate ? instructions[root].Argument : root;
        if (
            instructions[last].Lo != instructions[at].Lo
            || instructions[last].Hi != instructions[at].Hi
            || instructions[last].FoldCase != instructions[at].FoldCase
        )
        {
            return Add(Re2Opcode.Alternate, root, at);
        }

        if (IsShared(last))
        {
            // Others lead to it: the tree goes on from a copy.
            last = AddRange(instructions[last].Lo, instructions[last].Hi, instructions[last].FoldCase, instructions[last].Out);
            if (last == 0)
            {
                return 0;
            }

            if (isAlternate)
            {
                instructions[root].Argument = last;
            }
            else
            {
                root = last;
            }
        }

        var rest = instructions[at].Out;
        if (!IsShared(at))
        {
            // It was the last to be made.
            count--;
        }

        var next = WithSequence(instructions[last].Out, rest);
        instructions[last].Out = next;
        return next == 0 ? 0 : root;
    }

    /// <summary>The UTF-8 of a code point, surrogates included, and how many bytes it has.</summary>
    internal static int Encode(int rune, Span<byte> bytes)
    {
        if (rune < 0x80)
        {
            bytes[0] = (byte)rune;
            return 1;
        }

        var length =
            rune < 0x800 ? 2
            : rune < 0x10000 ? 3
            : 4;
        for (var i = length - 1; i > 0; i--)
        {
            bytes[i] = (byte)(0x80 | (rune & 0x3F));
            rune >>= 6;
        }

        bytes[0] = (byte)((0xF00 >> length) | rune);
        return length;
    }
}
