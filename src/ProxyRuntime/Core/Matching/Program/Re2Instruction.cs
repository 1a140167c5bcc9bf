namespace MeshSim.ProxyRuntime.Core;

/// <summary>What an instruction of a program does.</summary>
internal enum Re2Opcode : byte
{
    Alternate,

    /// <summary>An alternate between one more byte, whichever, and the match; in a flattened program both follow it.</summary>
    AlternateMatch,
    ByteRange,
    Capture,
    Assert,
    Match,
    Nop,
    Fail,
}

/// <summary>One instruction of the automaton.</summary>
internal struct Re2Instruction
{
    public Re2Opcode Op;

    /// <summary>The bytes of a byte range.</summary>
    public byte Lo;

    public byte Hi;

    /// <summary>Whether an upper-case letter is taken as the lower-case one.</summary>
    public bool FoldCase;

    /// <summary>In a flattened program, whether the list of instructions that are tried one after another ends here.</summary>
    public bool Last;

    /// <summary>The instruction that follows; of an alternate the one to prefer.</summary>
    public int Out;

    /// <summary>Of an alternate the other instruction that follows, of a capture the slot it writes, of an assertion a <see cref="Re2Assertions"/>.</summary>
    public int Argument;

    public readonly bool Takes(int value)
    {
        var folded = FoldCase && value is >= 'A' and <= 'Z' ? value + 'a' - 'A' : value;
        return folded >= Lo && folded <= Hi;
    }
}
