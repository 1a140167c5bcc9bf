using System.Numerics;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A deterministic automaton whose states are made when a text first needs them. Its memory is bounded: a full table is left for a larger one
/// and, at the limit, for an empty one. Several threads may use it at once. None waits for another; at worst two work out the same state.
/// </summary>
internal abstract class LazyDfa
{
    private const int MinCapacity = 16;

    /// <summary>Transitions of a table, in powers of two: 2 MiB of them.</summary>
    private const int MaxTransitionsShift = 19;

    private readonly DfaState start;
    private readonly int rowShift;
    private readonly int maxCapacity;
    private DfaTable current;

    protected LazyDfa(Re2Program program, DfaState start)
    {
        Program = program;
        this.start = start;
        rowShift = BitOperations.Log2((uint)program.End) + 1;
        maxCapacity = 1 << (MaxTransitionsShift - rowShift);
        current = new DfaTable(MinCapacity, rowShift, start);
    }

    protected Re2Program Program { get; }

    /// <summary>The table to use for a text. It stays good if others go on to another one.</summary>
    protected DfaTable Current => Volatile.Read(ref current);

    protected static ulong[] NewSet(Re2Program program) => new ulong[(program.Size + 63) / 64];

    /// <summary>Where a state leads on a byte of a class or at the end of the text; one of both is null.</summary>
    protected abstract DfaState? Step(DfaState from, int byteClass, out bool matched);

    /// <summary>Works out a transition. Its code belongs to the table returned, which may be another one.</summary>
    protected (DfaTable Table, int Code) Extend(DfaTable table, int code, int byteClass)
    {
        var target = Step(table.StateOf(code), byteClass, out var matched);
        if (target is null)
        {
            var verdict = matched ? DfaTable.Yes : DfaTable.No;
            table.SetTransition(code, byteClass, verdict);
            return (table, verdict);
        }

        var (entered, found) = Enter(table, target);
        if (ReferenceEquals(entered, table))
        {
            table.SetTransition(code, byteClass, found);
        }

        return (entered, found);
    }

    /// <summary>The code of a state in a table or, if that is full, in the one to use from now on.</summary>
    protected (DfaTable Table, int Code) Enter(DfaTable table, DfaState state)
    {
        int code;
        while (!table.TryAdd(state, out code))
        {
            var larger = new DfaTable(Math.Min(2 * table.Capacity, maxCapacity), rowShift, start);
            var seen = Interlocked.CompareExchange(ref current, larger, table);
            table = ReferenceEquals(seen, table) ? larger : seen;
        }

        return (table, code);
    }
}
