namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Reads a text from its end to its begin. Its state at a place is the set of byte ranges that take the next byte and from which a match can
/// still be reached. Who goes forward along these alone never has to go back.
/// </summary>
internal sealed class BackwardDfa : LazyDfa
{
    /// <summary>By instruction the list it is in.</summary>
    private readonly int[] listOf;

    /// <summary>By list the last instruction that leads to it without taking a byte, and by such an instruction the one before it; -1 for none.</summary>
    private readonly int[] lastInto;
    private readonly int[] previousInto;
    private readonly List<int> leaves = [];

    public BackwardDfa(Re2Program program)
        : base(program, new DfaState(NewSet(program), Re2Context.Edge))
    {
        listOf = new int[program.Size];
        lastInto = new int[program.Size];
        previousInto = new int[program.Size];
        Array.Fill(lastInto, -1);
        var list = 0;
        for (var at = 0; at < program.Size; at++)
        {
            ref var instruction = ref program.Instructions[at];
            listOf[at] = list;
            list = instruction.Last ? at + 1 : list;
            if (instruction.Op is Re2Opcode.Assert or Re2Opcode.Capture or Re2Opcode.Nop)
            {
                previousInto[at] = lastInto[instruction.Out];
                lastInto[instruction.Out] = at;
            }
            else if (instruction.Op is Re2Opcode.ByteRange or Re2Opcode.Match)
            {
                leaves.Add(at);
            }
        }
    }

    /// <summary>The state at the end of a text.</summary>
    public DfaState AtEnd => Current.StateOf(Current.Start);

    /// <summary>Fills in the states at the places of <paramref name="text"/>, given the one behind it.</summary>
    /// <returns>The state at its begin.</returns>
    public DfaState Read(ReadOnlySpan<byte> text, DfaState behind, Span<DfaState> states)
    {
        var (table, code) = Enter(Current, behind);
        var classes = Program.Classes;
        var state = behind;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            var next = table.Transitions[code + classes[text[i]]];
            (table, code) = next == DfaTable.Unknown ? Extend(table, code, classes[text[i]]) : (table, next);
            state = table.StateOf(code);
            if (!states.IsEmpty)
            {
                states[i] = state;
            }
        }

        return state;
    }

    protected override DfaState? Step(DfaState from, int byteClass, out bool matched)
    {
        matched = false;
        var value = Program.Representative(byteClass);
        var context = Program.ContextOf(value);
        var leadsToMatch = ListsThatMatch(from, Re2Contexts.Between(context, from.Context));
        var members = NewSet(Program);
        foreach (var at in leaves)
        {
            ref var instruction = ref Program.Instructions[at];
            if (instruction.Op == Re2Opcode.ByteRange && leadsToMatch[instruction.Out] && instruction.Takes(value))
            {
                members[at >> 6] |= 1UL << at;
            }
        }

        return new DfaState(members, context);
    }

    /// <summary>The lists from which a match can be reached at the place of a state, by what holds there.</summary>
    private bool[] ListsThatMatch(DfaState state, Re2Assertions holding)
    {
        var matches = new bool[Program.Size];
        var pending = new Stack<int>();
        foreach (var at in leaves)
        {
            var isMatch = Program.Instructions[at].Op == Re2Opcode.Match;
            if ((isMatch ? !Program.AnchorEnd || state.Context == Re2Context.Edge : state.Contains(at)) && !matches[listOf[at]])
            {
                matches[listOf[at]] = true;
                pending.Push(listOf[at]);
            }
        }

        while (pending.TryPop(out var list))
        {
            for (var at = lastInto[list]; at >= 0; at = previousInto[at])
            {
                ref var instruction = ref Program.Instructions[at];
                if ((instruction.Op != Re2Opcode.Assert || (holding & (Re2Assertions)instruction.Argument) != 0) && !matches[listOf[at]])
                {
                    matches[listOf[at]] = true;
                    pending.Push(listOf[at]);
                }
            }
        }

        return matches;
    }
}
