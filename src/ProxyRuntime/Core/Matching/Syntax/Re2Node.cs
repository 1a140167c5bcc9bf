namespace MeshSim.ProxyRuntime.Core;

/// <summary>What a part of a regular expression is.</summary>
internal enum Re2Op
{
    /// <summary>Matches nothing, as a class without members does.</summary>
    NoMatch,
    EmptyMatch,

    /// <summary>One code point or several in a row.</summary>
    Literal,
    Class,

    /// <summary>Any code point: <c>.</c> under <c>(?s)</c>, or a class of all code points.</summary>
    AnyChar,

    /// <summary><c>\C</c></summary>
    AnyByte,
    BeginLine,
    EndLine,
    BeginText,
    EndText,
    WordBoundary,
    NoWordBoundary,
    Concat,
    Alternate,
    Star,
    Plus,
    Quest,
    Repeat,
    Capture,

    /// <summary>On the parser's stack only: an open group.</summary>
    LeftParen,

    /// <summary>On the parser's stack only: alternatives lie below it, the one being read above.</summary>
    VerticalBar,
}

/// <summary>The flags in force where a part of an expression stands. Parts merge only where they agree.</summary>
[Flags]
internal enum Re2Flags
{
    None = 0,

    /// <summary><c>(?i)</c></summary>
    FoldCase = 1,

    /// <summary><c>(?s)</c></summary>
    DotNewline = 2,

    /// <summary><c>(?-m)</c>, the default.</summary>
    OneLine = 4,

    /// <summary><c>(?U)</c>, and a lazy operator.</summary>
    NonGreedy = 8,

    /// <summary>An end of text written <c>$</c>: no equal of <c>\z</c> when alternatives are factored.</summary>
    WasDollar = 16,
}

/// <summary>A part of a regular expression as parsed.</summary>
internal sealed class Re2Node(Re2Op op, Re2Flags flags)
{
    public Re2Node(Re2Op op, Re2Flags flags, params IEnumerable<Re2Node> children)
        : this(op, flags)
    {
        Children = [.. children];
        Copies = Children.Count == 0 ? 1 : Children.Max(static child => child.Copies);
    }

    public Re2Op Op { get; } = op;

    public Re2Flags Flags { get; } = flags;

    public List<Re2Node> Children { get; } = [];

    /// <summary>The code points of a literal.</summary>
    public List<int> Runes { get; init; } = [];

    /// <summary>The members of a class.</summary>
    public RuneSet? Class { get; init; }

    /// <summary>The bounds of a repetition; a maximum of -1 is none.</summary>
    public int Min { get; init; }

    public int Max { get; init; }

    /// <summary>The number of a capturing group, from 1; 0 for one that does not capture.</summary>
    public int Group { get; init; }

    /// <summary>How many copies of its innermost part this stands for: the product of nested repetitions.</summary>
    public int Copies { get; init; } = 1;

    public bool IsMarker => Op is Re2Op.LeftParen or Re2Op.VerticalBar;

    public bool IsSingleRune => Op == Re2Op.Literal && Runes.Count == 1;

    /// <summary>Whether it matches one character or byte, whichever.</summary>
    public bool IsOneCharacter => IsSingleRune || Op is Re2Op.Class or Re2Op.AnyChar or Re2Op.AnyByte;

    /// <summary>Whether it matches a place and no character.</summary>
    public bool IsAssertion => Op is >= Re2Op.BeginLine and <= Re2Op.NoWordBoundary;

    public bool Has(Re2Flags flag) => (Flags & flag) != 0;

    /// <summary>A literal; nothing at all is the empty match.</summary>
    public static Re2Node Literal(Re2Flags flags, IEnumerable<int> runes)
    {
        var node = new Re2Node(Re2Op.Literal, flags) { Runes = [.. runes] };
        return node.Runes.Count > 0 ? node : new Re2Node(Re2Op.EmptyMatch, flags);
    }

    public static Re2Node OfClass(Re2Flags flags, RuneSet members) => new(Re2Op.Class, flags & ~Re2Flags.FoldCase) { Class = members };

    /// <summary>One after another; the sequence of one is that one.</summary>
    public static Re2Node Concat(Re2Flags flags, params IReadOnlyList<Re2Node> parts) => parts.Count == 1 ? parts[0] : new Re2Node(Re2Op.Concat, flags, parts);

    public static Re2Node Capture(Re2Flags flags, int group, Re2Node inner) => new(Re2Op.Capture, flags, inner) { Group = group };

    /// <summary>A star, plus or quest; of one of them under the same flags it makes a single one.</summary>
    public static Re2Node Repeated(Re2Op op, Re2Flags flags, Re2Node inner)
    {
        if (inner.Op is not (Re2Op.Star or Re2Op.Plus or Re2Op.Quest) || inner.Flags != flags)
        {
            return new Re2Node(op, flags, inner);
        }

        return inner.Op == op || inner.Op == Re2Op.Star ? inner : new Re2Node(Re2Op.Star, flags, inner.Children);
    }

    /// <summary>Whether two parts without children, or repetitions of such, are the same.</summary>
    public static bool Same(Re2Node one, Re2Node other) =>
        one.Op == other.Op
        && one.Op switch
        {
            Re2Op.Literal => one.Has(Re2Flags.FoldCase) == other.Has(Re2Flags.FoldCase) && one.Runes.SequenceEqual(other.Runes),
            Re2Op.Class => one.Class!.SequenceEqual(other.Class!),
            Re2Op.EndText => one.Has(Re2Flags.WasDollar) == other.Has(Re2Flags.WasDollar),
            Re2Op.Repeat => one.Min == other.Min
                && one.Max == other.Max
                && one.Has(Re2Flags.NonGreedy) == other.Has(Re2Flags.NonGreedy)
                && Same(one.Children[0], other.Children[0]),
            Re2Op.Star or Re2Op.Plus or Re2Op.Quest or Re2Op.Capture or Re2Op.Concat or Re2Op.Alternate => false,
            _ => true,
        };
}
