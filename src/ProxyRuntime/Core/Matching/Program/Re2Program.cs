namespace MeshSim.ProxyRuntime.Core;

/// <summary>A compiled expression. Immutable.</summary>
internal sealed class Re2Program
{
    private readonly byte[] classes = new byte[256];
    private readonly byte[] representatives;
    private readonly bool tellsLines;
    private readonly bool tellsWords;

    /// <param name="instructions">Flattened: lists of instructions of which each ends with <see cref="Re2Instruction.Last"/>.</param>
    /// <param name="start">The list a match begins with.</param>
    /// <param name="anchorStart">Whether a match begins at the start of the text only.</param>
    /// <param name="anchorEnd">Whether a match ends at the end of the text only.</param>
    public Re2Program(Re2Instruction[] instructions, int start, bool anchorStart, bool anchorEnd)
    {
        Instructions = instructions;
        Start = start;
        AnchorStart = anchorStart;
        AnchorEnd = anchorEnd;
        foreach (var instruction in instructions)
        {
            var assertion = instruction.Op == Re2Opcode.Assert ? (Re2Assertions)instruction.Argument : Re2Assertions.None;
            tellsLines |= assertion is Re2Assertions.BeginLine or Re2Assertions.EndLine;
            tellsWords |= assertion is Re2Assertions.WordBoundary or Re2Assertions.NoWordBoundary;
        }

        representatives = Classify();
    }

    public Re2Instruction[] Instructions { get; }

    /// <summary>What RE2 calls the size of the program.</summary>
    public int Size => Instructions.Length;

    public int Start { get; }

    public bool AnchorStart { get; }

    public bool AnchorEnd { get; }

    /// <summary>By byte the number of its class: bytes of a class are the same to the program.</summary>
    public ReadOnlySpan<byte> Classes => classes;

    /// <summary>How many classes there are; the number of the class that stands for the end of the text.</summary>
    public int End => representatives.Length;

    /// <summary>A byte of a class.</summary>
    public byte Representative(int byteClass) => representatives[byteClass];

    /// <summary>What a byte is to a place beside it, as far as the program tells.</summary>
    public Re2Context ContextOf(int value) =>
        Re2Contexts.Of(value) switch
        {
            Re2Context.Newline when tellsLines => Re2Context.Newline,
            Re2Context.Word when tellsWords => Re2Context.Word,
            _ => Re2Context.Other,
        };

    /// <summary>The bytes that every match begins with, up to a limit.</summary>
    /// <param name="list">The list of instructions that follows them.</param>
    public byte[] Head(out int list)
    {
        const int maxLength = 64;
        var bytes = new List<byte>();
        list = Start;
        for (var passed = 0; passed < Size && bytes.Count < maxLength; passed++)
        {
            var only = Instructions[list];
            if (only is { Last: true, Op: Re2Opcode.ByteRange, FoldCase: false } && only.Lo == only.Hi)
            {
                bytes.Add(only.Lo);
            }
            else if (!only.Last || only.Op is not (Re2Opcode.Capture or Re2Opcode.Nop))
            {
                break;
            }

            list = only.Out;
        }

        return [.. bytes];
    }

    private byte[] Classify()
    {
        var first = new List<byte> { 0 };
        foreach (var range in Instructions.Where(static instruction => instruction.Op == Re2Opcode.ByteRange).DistinctBy(static r => (r.Lo, r.Hi, r.FoldCase)))
        {
            Split(first, value => range.Takes(value));
        }

        Split(first, value => ContextOf(value) == Re2Context.Newline);
        Split(first, value => ContextOf(value) == Re2Context.Word);
        return [.. first];
    }

    /// <summary>Divides the classes that have bytes of both kinds.</summary>
    private void Split(List<byte> first, Func<int, bool> isOne)
    {
        Span<int> other = stackalloc int[256];
        other.Fill(-1);
        for (var value = 0; value < 256; value++)
        {
            var byteClass = classes[value];
            if (isOne(value) == isOne(first[byteClass]))
            {
                continue;
            }

            if (other[byteClass] < 0)
            {
                other[byteClass] = first.Count;
                first.Add((byte)value);
            }

            classes[value] = (byte)other[byteClass];
        }
    }
}
