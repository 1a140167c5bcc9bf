namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The states of a lazily built automaton and where they lead, as far as that is known. A state has a code: where its row of the transitions
/// begins. Several threads may add states and transitions at once; nothing is ever taken out.
/// </summary>
internal sealed class DfaTable
{
    /// <summary>A transition not looked at yet.</summary>
    public const int Unknown = 0;

    /// <summary>Leads to no match, whatever follows.</summary>
    public const int No = 1;

    /// <summary>Is a match, whatever follows.</summary>
    public const int Yes = 2;

    private const int FirstCode = 3;

    /// <summary>Members that all states together may have, but a few states there may always be.</summary>
    private const int MaxMembers = 512 * 1024;
    private const int MinStates = 8;

    /// <summary>A hash table: a state stays at the first free place from where its hash points.</summary>
    private readonly DfaState?[] states;
    private readonly int[] transitions;
    private readonly int rowShift;
    private int stateCount;
    private int memberCount;

    /// <param name="capacity">Places for states, a power of two; three quarters of them are used.</param>
    /// <param name="rowShift">The length of a row is two to this power.</param>
    /// <param name="start">The state to begin with.</param>
    public DfaTable(int capacity, int rowShift, DfaState start)
    {
        states = new DfaState?[capacity];
        transitions = new int[FirstCode + (capacity << rowShift)];
        this.rowShift = rowShift;
        _ = TryAdd(start, out var code);
        Start = code;
    }

    public int Capacity => states.Length;

    /// <summary>By the code of a state plus the class of a byte: the code it leads to, or <see cref="Unknown"/>, <see cref="No"/>, <see cref="Yes"/>.</summary>
    public ReadOnlySpan<int> Transitions => transitions;

    public int Start { get; }

    public DfaState StateOf(int code) => Volatile.Read(ref states[(code - FirstCode) >> rowShift])!;

    /// <summary>The code of a state, which is added if it is new; false if there is no room left.</summary>
    public bool TryAdd(DfaState state, out int code)
    {
        var mask = states.Length - 1;
        for (var probe = 0; probe < states.Length; probe++)
        {
            var at = (state.Hash + probe) & mask;
            var there = Volatile.Read(ref states[at]);
            if (there is null)
            {
                if (IsFull)
                {
                    break;
                }

                there = Interlocked.CompareExchange(ref states[at], state, null);
                if (there is null)
                {
                    _ = Interlocked.Increment(ref stateCount);
                    _ = Interlocked.Add(ref memberCount, state.Members.Length);
                    there = state;
                }
            }

            if (there.Same(state))
            {
                code = FirstCode + (at << rowShift);
                return true;
            }
        }

        code = 0;
        return false;
    }

    public void SetTransition(int code, int byteClass, int target) => Volatile.Write(ref transitions[code + byteClass], target);

    private bool IsFull =>
        Volatile.Read(ref stateCount) is var count && (count >= states.Length / 4 * 3 || (count >= MinStates && Volatile.Read(ref memberCount) >= MaxMembers));
}
