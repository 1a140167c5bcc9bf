using System.Numerics;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A state of a lazily built automaton: a set of instructions and what stands beside the place. Immutable.</summary>
internal sealed class DfaState
{
    private readonly int[] members;

    /// <param name="set">The instructions by bit.</param>
    public DfaState(ReadOnlySpan<ulong> set, Re2Context context)
    {
        var size = 0;
        foreach (var word in set)
        {
            size += BitOperations.PopCount(word);
        }

        members = new int[size];
        Context = context;
        var hash = (ulong)context;
        for (var (word, next) = (0, 0); word < set.Length; word++)
        {
            for (var left = set[word]; left != 0; left &= left - 1)
            {
                members[next] = (word << 6) + BitOperations.TrailingZeroCount(left);
                hash = StableHash.Mix(hash ^ (ulong)members[next++]);
            }
        }

        Hash = (int)hash;
    }

    /// <summary>In ascending order.</summary>
    public ReadOnlySpan<int> Members => members;

    /// <summary>What stands on the side the automaton comes from.</summary>
    public Re2Context Context { get; }

    public int Hash { get; }

    public bool Contains(int instruction) => members.AsSpan().BinarySearch(instruction) >= 0;

    public bool Same(DfaState other) => Hash == other.Hash && Context == other.Context && Members.SequenceEqual(other.Members);
}
