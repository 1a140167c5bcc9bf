using System.Globalization;
using System.Text;

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

    /// <summary>
    /// What goes on from a list, as a program of its own that tells whether all of the rest matches. Lists are numbered as they are reached
    /// and captures have no numbers, so that expressions that go on alike have the same.
    /// </summary>
    public Re2Program From(int list)
    {
        var numbers = new Dictionary<int, int>();
        var reached = new List<int>();
        var instructions = new List<Re2Instruction>();
        Reach(list);
        for (var next = 0; next < reached.Count; next++)
        {
            numbers[reached[next]] = instructions.Count;
            for (var at = reached[next]; ; at++)
            {
                var instruction = Instructions[at];
                var leads = instruction.Op is Re2Opcode.ByteRange or Re2Opcode.Assert or Re2Opcode.Capture or Re2Opcode.Nop;
                instruction.Op = instruction.Op == Re2Opcode.Capture ? Re2Opcode.Nop : instruction.Op;
                instruction.Argument = instruction.Op == Re2Opcode.Assert ? instruction.Argument : 0;
                if (leads)
                {
                    Reach(instruction.Out);
                }

                instructions.Add(instruction);
                if (instruction.Last)
                {
                    break;
                }
            }
        }

        var own = instructions.ToArray();
        foreach (ref var instruction in own.AsSpan())
        {
            instruction.Out = numbers.GetValueOrDefault(instruction.Out);
        }

        return new Re2Program(own, 0, anchorStart: false, anchorEnd: false);

        void Reach(int begin)
        {
            if (numbers.TryAdd(begin, -1))
            {
                reached.Add(begin);
            }
        }
    }

    /// <summary>All that distinguishes a program of <see cref="From"/> from others.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (ref readonly var i in Instructions.AsSpan())
            {
                _ = text.Append((char)i.Op).Append((char)i.Lo).Append((char)i.Hi).Append(i.FoldCase ? 'f' : '-').Append(i.Last ? '.' : ',');
                _ = text.Append(CultureInfo.InvariantCulture, $"{i.Out}/{i.Argument} ");
            }

            return text.ToString();
        }
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
