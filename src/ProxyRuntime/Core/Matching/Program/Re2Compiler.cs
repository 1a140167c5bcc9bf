namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Makes the automaton of an expression over bytes, instruction by instruction as RE2 makes it: how many there are is what Envoy's limits on
/// the size of a program count.
/// </summary>
internal sealed partial class Re2Compiler
{
    /// <summary>What fits in the share of 8 MiB that RE2 gives the program of an expression.</summary>
    private const int MaxInstructions = 698_996;

    /// <summary>Instruction 0 fails; nothing leads there but what cannot match.</summary>
    private Re2Instruction[] instructions = new Re2Instruction[8];
    private int count = 1;
    private bool tooLarge;

    private Re2Compiler() => instructions[0].Op = Re2Opcode.Fail;

    /// <returns>The program; null if it is too large or takes too long to make.</returns>
    public static Re2Program? Compile(Re2Node expression)
    {
        var simple = Re2Simplifier.Simplify(expression);
        var anchorStart = Re2Anchors.TryRemoveStart(ref simple);
        var anchorEnd = Re2Anchors.TryRemoveEnd(ref simple);
        var compiler = new Re2Compiler();
        if (!Re2Walk.TryFold<Fragment>(simple, compiler.Compile, 2 * MaxInstructions, out var whole) || compiler.tooLarge)
        {
            return null;
        }

        whole = compiler.Concat(whole, compiler.Match());
        var start = whole.Begin;
        if (!anchorStart)
        {
            // The loop before the first match is not run here, but RE2 counts it.
            whole = compiler.Concat(compiler.Star(compiler.ByteRange(0, 0xFF), nonGreedy: true), whole);
        }

        if (compiler.tooLarge)
        {
            return null;
        }

        var used = whole.Begin == 0 ? 1 : compiler.count;
        return Re2Flattening.Flatten(compiler.instructions.AsSpan(0, used), start, whole.Begin, anchorStart, anchorEnd);
    }

    private Fragment Compile(Re2Node part, Fragment[] children)
    {
        var nonGreedy = part.Has(Re2Flags.NonGreedy);
        return tooLarge
            ? default
            : part.Op switch
            {
                Re2Op.NoMatch => default,
                Re2Op.EmptyMatch => Nop(),
                Re2Op.Literal => part.Runes.Select(rune => Literal(rune, part.Has(Re2Flags.FoldCase))).Aggregate(Concat),
                Re2Op.Class => Class(part.Class!),
                Re2Op.AnyChar => AnyChar(),
                Re2Op.AnyByte => ByteRange(0, 0xFF),
                Re2Op.BeginLine => Assert(Re2Assertions.BeginLine),
                Re2Op.EndLine => Assert(Re2Assertions.EndLine),
                Re2Op.BeginText => Assert(Re2Assertions.BeginText),
                Re2Op.EndText => Assert(Re2Assertions.EndText),
                Re2Op.WordBoundary => Assert(Re2Assertions.WordBoundary),
                Re2Op.NoWordBoundary => Assert(Re2Assertions.NoWordBoundary),
                Re2Op.Concat => children.Aggregate(Concat),
                Re2Op.Alternate => children.Aggregate(Alternate),
                Re2Op.Star => Star(children[0], nonGreedy),
                Re2Op.Plus => Plus(children[0], nonGreedy),
                Re2Op.Quest => Quest(children[0], nonGreedy),
                Re2Op.Capture => Capture(children[0], part.Group),
                _ => throw new InvalidOperationException($"{part.Op} does not occur in a simplified expression"),
            };
    }

    private Fragment Concat(Fragment one, Fragment next)
    {
        if (one.IsNoMatch || next.IsNoMatch)
        {
            return default;
        }

        ref var begin = ref instructions[one.Begin];
        var isBareNop = begin.Op == Re2Opcode.Nop && one.Ends.First == Slot(one.Begin, other: false) && begin.Out == 0;
        Patch(one.Ends, next.Begin);
        return isBareNop ? next : new Fragment(one.Begin, next.Ends, one.Nullable && next.Nullable);
    }

    private Fragment Alternate(Fragment one, Fragment other)
    {
        if (one.IsNoMatch || other.IsNoMatch)
        {
            return one.IsNoMatch ? other : one;
        }

        var at = Add(Re2Opcode.Alternate, one.Begin, other.Begin);
        return at == 0 ? default : new Fragment(at, Joined(one.Ends, other.Ends), one.Nullable || other.Nullable);
    }

    private Fragment Plus(Fragment inner, bool nonGreedy)
    {
        var (at, exit) = Loop(inner, nonGreedy);
        return at == 0 ? default : new Fragment(inner.Begin, exit, inner.Nullable);
    }

    private Fragment Star(Fragment inner, bool nonGreedy)
    {
        // One alternate is not enough for the right order of what it leads to if the inside may be empty: (?:x+)? has two.
        if (inner.Nullable)
        {
            return Quest(Plus(inner, nonGreedy), nonGreedy);
        }

        var (at, exit) = Loop(inner, nonGreedy);
        return at == 0 ? default : new Fragment(at, exit, Nullable: true);
    }

    private Fragment Quest(Fragment inner, bool nonGreedy)
    {
        if (inner.IsNoMatch)
        {
            return Nop();
        }

        var at = nonGreedy ? Add(Re2Opcode.Alternate, 0, inner.Begin) : Add(Re2Opcode.Alternate, inner.Begin, 0);
        return at == 0 ? default : new Fragment(at, Joined(Ends.Of(Slot(at, other: !nonGreedy)), inner.Ends), Nullable: true);
    }

    /// <summary>An alternate between the inside, which leads back to it, and the way out.</summary>
    private (int At, Ends Exit) Loop(Fragment inner, bool nonGreedy)
    {
        var at = nonGreedy ? Add(Re2Opcode.Alternate, 0, inner.Begin) : Add(Re2Opcode.Alternate, inner.Begin, 0);
        if (at != 0)
        {
            Patch(inner.Ends, at);
        }

        return (at, Ends.Of(Slot(at, other: !nonGreedy)));
    }

    private Fragment Capture(Fragment inner, int group)
    {
        if (inner.IsNoMatch)
        {
            return default;
        }

        var open = Add(Re2Opcode.Capture, inner.Begin, 2 * group);
        var close = Add(Re2Opcode.Capture, 0, (2 * group) + 1);
        if (close == 0)
        {
            return default;
        }

        Patch(inner.Ends, close);
        return new Fragment(open, Ends.Of(Slot(close, other: false)), inner.Nullable);
    }

    private Fragment Nop() => Single(Add(Re2Opcode.Nop, 0, 0), nullable: true);

    private Fragment Assert(Re2Assertions assertion) => Single(Add(Re2Opcode.Assert, 0, (int)assertion), nullable: true);

    private Fragment Match() => new(Add(Re2Opcode.Match, 0, 0), default, Nullable: false);

    private Fragment ByteRange(int lo, int hi, bool foldCase = false) => Single(AddRange(lo, hi, foldCase, next: 0), nullable: false);

    private static Fragment Single(int at, bool nullable) => at == 0 ? default : new Fragment(at, Ends.Of(Slot(at, other: false)), nullable);

    private int AddRange(int lo, int hi, bool foldCase, int next)
    {
        var at = Add(Re2Opcode.ByteRange, next, 0);
        if (at != 0)
        {
            (instructions[at].Lo, instructions[at].Hi, instructions[at].FoldCase) = ((byte)lo, (byte)hi, foldCase);
        }

        return at;
    }

    /// <summary>The number of a new instruction; 0 if there are too many.</summary>
    private int Add(Re2Opcode op, int next, int argument)
    {
        if (tooLarge || count == MaxInstructions)
        {
            tooLarge = true;
            return 0;
        }

        if (count == instructions.Length)
        {
            Array.Resize(ref instructions, 2 * count);
        }

        instructions[count] = new Re2Instruction
        {
            Op = op,
            Out = next,
            Argument = argument,
        };
        return count++;
    }

    private static int Slot(int instruction, bool other) => (instruction << 1) | (other ? 1 : 0);

    private ref int Target(int slot) => ref (slot & 1) == 0 ? ref instructions[slot >> 1].Out : ref instructions[slot >> 1].Argument;

    private void Patch(Ends ends, int target)
    {
        for (var slot = ends.First; slot != 0; )
        {
            ref var place = ref Target(slot);
            (slot, place) = (place, target);
        }
    }

    private Ends Joined(Ends one, Ends other)
    {
        if (one.First == 0 || other.First == 0)
        {
            return one.First == 0 ? other : one;
        }

        Target(one.Last) = other.First;
        return new Ends(one.First, other.Last);
    }

    /// <summary>A piece of the program whose ends are open. One that begins at 0 cannot match.</summary>
    private readonly record struct Fragment(int Begin, Ends Ends, bool Nullable)
    {
        public bool IsNoMatch => Begin == 0;
    }

    /// <summary>The open ends of a fragment: slots of which each holds the next until it is known where they lead. 0 is none.</summary>
    private readonly record struct Ends(int First, int Last)
    {
        public static Ends Of(int slot) => new(slot, slot);
    }
}
