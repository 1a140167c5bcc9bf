using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// The states of a <see cref="BackwardDfa"/> at all places of a text, for one who goes through it forward. They are kept for one block of the
/// text; of the others only the state behind each is, and they are read again when it is their turn.
/// </summary>
internal ref struct BackwardScan
{
    private const int BlockLength = 256;

    private readonly BackwardDfa automaton;
    private readonly ReadOnlySpan<byte> text;
    private readonly DfaState[] states = ArrayPool<DfaState>.Shared.Rent(BlockLength);
    private readonly DfaState[] behind;
    private int block = -1;

    public BackwardScan(BackwardDfa automaton, ReadOnlySpan<byte> text)
    {
        this.automaton = automaton;
        this.text = text;
        var last = text.Length / BlockLength;
        behind = ArrayPool<DfaState>.Shared.Rent(last + 1);
        behind[last] = automaton.AtEnd;
        for (var i = last; i > 0; i--)
        {
            behind[i - 1] = automaton.Read(Block(i), behind[i], []);
        }
    }

    /// <summary>The state at a place, the end of the text included. Cheap only if the places asked for do not go back.</summary>
    public DfaState At(int position)
    {
        if (position == text.Length)
        {
            return behind[position / BlockLength];
        }

        if (block != position / BlockLength)
        {
            block = position / BlockLength;
            _ = automaton.Read(Block(block), behind[block], states);
        }

        return states[position % BlockLength];
    }

    public readonly void Dispose()
    {
        ArrayPool<DfaState>.Shared.Return(states, clearArray: true);
        ArrayPool<DfaState>.Shared.Return(behind, clearArray: true);
    }

    private readonly ReadOnlySpan<byte> Block(int index) => text[(index * BlockLength)..Math.Min(text.Length, (index + 1) * BlockLength)];
}
