using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Tells whether a text matches, from its begin to its end. A state is where the program may be, before assertions are looked at.</summary>
internal sealed class ForwardDfa : LazyDfa
{
    private readonly bool beginsAnywhere;
    private readonly bool endsAnywhere;

    /// <param name="first">The list of instructions to begin with.</param>
    /// <param name="beginsAnywhere">Whether a match need not begin where the text does.</param>
    /// <param name="endsAnywhere">Whether a match need not end where the text does.</param>
    /// <param name="before">What stands before the text.</param>
    public ForwardDfa(Re2Program program, int first, bool beginsAnywhere, bool endsAnywhere, Re2Context before)
        : base(program, StartOf(program, first, before))
    {
        this.beginsAnywhere = beginsAnywhere && !program.AnchorStart;
        this.endsAnywhere = endsAnywhere && !program.AnchorEnd;
    }

    /// <remarks>Every code is the begin of a row of its table, and every byte has a class within a row: nothing is left to check on the way.</remarks>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        var table = Current;
        ref var transitions = ref MemoryMarshal.GetReference(table.Transitions);
        ref var classes = ref MemoryMarshal.GetReference(Program.Classes);
        var code = table.Start;
        foreach (var value in text)
        {
            var byteClass = Unsafe.Add(ref classes, value);
            var next = Unsafe.Add(ref transitions, code + byteClass);
            if (next <= DfaTable.Yes)
            {
                if (next == DfaTable.Unknown)
                {
                    (table, next) = Extend(table, code, byteClass);
                    transitions = ref MemoryMarshal.GetReference(table.Transitions);
                }

                if (next <= DfaTable.Yes)
                {
                    return next == DfaTable.Yes;
                }
            }

            code = next;
        }

        var verdict = Unsafe.Add(ref transitions, code + Program.End);
        return (verdict == DfaTable.Unknown ? Extend(table, code, Program.End).Code : verdict) == DfaTable.Yes;
    }

    protected override DfaState? Step(DfaState from, int byteClass, out bool matched)
    {
        var atEnd = byteClass == Program.End;
        var value = atEnd ? 0 : Program.Representative(byteClass);
        var context = atEnd ? Re2Context.Edge : Program.ContextOf(value);
        var next = NewSet(Program);
        var reached = new ReachedLists(Program, Re2Contexts.Between(from.Context, context));
        foreach (var list in from.Members)
        {
            reached.Add(list);
        }

        if (beginsAnywhere)
        {
            reached.Add(Program.Start);
        }

        var isEmpty = true;
        matched = false;
        while (reached.TryNext(out var instruction))
        {
            if (instruction.Op == Re2Opcode.Match)
            {
                matched |= atEnd || endsAnywhere;
            }
            else if (!atEnd && instruction.Takes(value))
            {
                next[instruction.Out >> 6] |= 1UL << instruction.Out;
                isEmpty = false;
            }
        }

        return matched || atEnd || (isEmpty && !beginsAnywhere) ? null : new DfaState(next, context);
    }

    private static DfaState StartOf(Re2Program program, int first, Re2Context before)
    {
        var members = NewSet(program);
        members[first >> 6] |= 1UL << first;
        return new DfaState(members, before);
    }

    /// <summary>The instructions that take a byte or match, of some lists and of those they lead to at one place.</summary>
    private sealed class ReachedLists(Re2Program program, Re2Assertions holding)
    {
        private readonly ulong[] added = NewSet(program);
        private readonly Stack<int> pending = new();
        private int at = -1;

        public void Add(int list)
        {
            if ((added[list >> 6] & (1UL << list)) == 0)
            {
                added[list >> 6] |= 1UL << list;
                pending.Push(list);
            }
        }

        public bool TryNext(out Re2Instruction instruction)
        {
            while (at >= 0 || pending.TryPop(out at))
            {
                instruction = program.Instructions[at];
                at = instruction.Last ? -1 : at + 1;
                switch (instruction.Op)
                {
                    case Re2Opcode.ByteRange or Re2Opcode.Match:
                        return true;
                    case Re2Opcode.Assert when (holding & (Re2Assertions)instruction.Argument) == 0:
                        break;
                    case Re2Opcode.Assert or Re2Opcode.Capture or Re2Opcode.Nop:
                        Add(instruction.Out);
                        break;
                    default:
                        break;
                }
            }

            instruction = default;
            return false;
        }
    }
}
