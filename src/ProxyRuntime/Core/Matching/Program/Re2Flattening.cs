namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Takes alternates out of a program: what a chain of them leads to becomes a list of instructions that are tried one after another. A list
/// begins at a root: what an instruction that takes a byte, captures or asserts leads to, and what can be reached from two lists otherwise.
/// </summary>
internal sealed class Re2Flattening
{
    /// <summary>Instructions to come by in search of shared roots. Deeply nested repetitions take the square of their depth, as in RE2.</summary>
    private const int MaxSteps = 50_000_000;

    private readonly Re2Instruction[] source;

    /// <summary>By instruction the number of the list it begins; -1 for none.</summary>
    private readonly int[] listOf;

    /// <summary>The instruction each list begins with, in the order they are found.</summary>
    private readonly List<int> roots = [];

    /// <summary>By instruction the alternates that lead to it.</summary>
    private readonly List<int>?[] alternatesBefore;

    /// <summary>By instruction the last pass that came by.</summary>
    private readonly int[] seenIn;
    private readonly Stack<int> pending = new();
    private int pass;

    private Re2Flattening(ReadOnlySpan<Re2Instruction> instructions)
    {
        source = instructions.ToArray();
        listOf = new int[source.Length];
        Array.Fill(listOf, -1);
        alternatesBefore = new List<int>?[source.Length];
        seenIn = new int[source.Length];
    }

    /// <param name="start">Where a match begins.</param>
    /// <param name="searchStart">Where the search for a match begins, the same if it can begin at the start of the text only.</param>
    /// <returns>The program; null if it takes too long.</returns>
    public static Re2Program? Flatten(ReadOnlySpan<Re2Instruction> instructions, int start, int searchStart, bool anchorStart, bool anchorEnd)
    {
        var flattening = new Re2Flattening(instructions);
        flattening.SkipNops(start);
        flattening.MarkSearchLoops(start);
        flattening.FindRoots(start, searchStart);
        if (!flattening.TryFindSharedRoots(start, searchStart))
        {
            return null;
        }

        var (flat, begins) = flattening.Emit();
        return new Re2Program(flat, begins[flattening.listOf[start]], anchorStart, anchorEnd);
    }

    private void SkipNops(int start)
    {
        var queue = new List<int>();
        Enqueue(queue, start);
        for (var i = 0; i < queue.Count; i++)
        {
            ref var instruction = ref source[queue[i]];
            instruction.Out = BehindNops(instruction.Out);
            Enqueue(queue, instruction.Out);
            if (instruction.Op == Re2Opcode.Alternate)
            {
                instruction.Argument = BehindNops(instruction.Argument);
                Enqueue(queue, instruction.Argument);
            }
        }

        pass++;
    }

    /// <summary>Marks an alternate between any byte, which leads back to it, and the match.</summary>
    private void MarkSearchLoops(int start)
    {
        var queue = new List<int>();
        Enqueue(queue, start);
        for (var i = 0; i < queue.Count; i++)
        {
            ref var instruction = ref source[queue[i]];
            Enqueue(queue, instruction.Out);
            if (instruction.Op != Re2Opcode.Alternate)
            {
                continue;
            }

            Enqueue(queue, instruction.Argument);
            if (
                (IsAnyByteTo(queue[i], instruction.Out) && LeadsToMatch(instruction.Argument))
                || (LeadsToMatch(instruction.Out) && IsAnyByteTo(queue[i], instruction.Argument))
            )
            {
                instruction.Op = Re2Opcode.AlternateMatch;
            }
        }

        pass++;
    }

    private void Enqueue(List<int> queue, int at)
    {
        if (at != 0 && seenIn[at] != pass + 1)
        {
            seenIn[at] = pass + 1;
            queue.Add(at);
        }
    }

    private int BehindNops(int at)
    {
        while (at != 0 && source[at].Op == Re2Opcode.Nop)
        {
            at = source[at].Out;
        }

        return at;
    }

    private bool IsAnyByteTo(int target, int at) => source[at] is { Op: Re2Opcode.ByteRange, Lo: 0, Hi: 0xFF } range && range.Out == target;

    private bool LeadsToMatch(int at)
    {
        while (source[at].Op is Re2Opcode.Capture or Re2Opcode.Nop)
        {
            at = source[at].Out;
        }

        return source[at].Op == Re2Opcode.Match;
    }

    private void AddRoot(int at)
    {
        if (listOf[at] < 0)
        {
            listOf[at] = roots.Count;
            roots.Add(at);
        }
    }

    private void FindRoots(int start, int searchStart)
    {
        AddRoot(0);
        AddRoot(searchStart);
        AddRoot(start);
        for (var at = First(searchStart); at >= 0; at = Next())
        {
            ref var instruction = ref source[at];
            switch (instruction.Op)
            {
                case Re2Opcode.Alternate or Re2Opcode.AlternateMatch:
                    (alternatesBefore[instruction.Out] ??= []).Add(at);
                    (alternatesBefore[instruction.Argument] ??= []).Add(at);
                    Follow(instruction);
                    break;
                case Re2Opcode.ByteRange or Re2Opcode.Capture or Re2Opcode.Assert:
                    AddRoot(instruction.Out);
                    pending.Push(instruction.Out);
                    break;
                case Re2Opcode.Nop:
                    pending.Push(instruction.Out);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What is reached from a list but also from outside of it becomes a root of its own.</summary>
    private bool TryFindSharedRoots(int start, int searchStart)
    {
        var steps = 0;
        var reached = new List<int>();
        foreach (var root in roots.Order().Skip(1).Reverse().ToArray())
        {
            if (root == start || root == searchStart)
            {
                continue;
            }

            reached.Clear();
            for (var at = First(root); at >= 0; at = Next())
            {
                reached.Add(at);
                if (at == root || listOf[at] < 0)
                {
                    FollowWithin(source[at]);
                }
            }

            steps += reached.Count;
            if (steps > MaxSteps)
            {
                return false;
            }

            foreach (var at in reached)
            {
                if (alternatesBefore[at]?.Exists(before => seenIn[before] != pass) == true)
                {
                    AddRoot(at);
                }
            }
        }

        return true;
    }

    private (Re2Instruction[] Flat, int[] Begins) Emit()
    {
        var flat = new List<Re2Instruction>();
        var begins = new int[roots.Count];
        for (var list = 0; list < roots.Count; list++)
        {
            begins[list] = flat.Count;
            for (var at = First(roots[list]); at >= 0; at = Next())
            {
                if (at != roots[list] && listOf[at] >= 0)
                {
                    flat.Add(new Re2Instruction { Op = Re2Opcode.Nop, Out = listOf[at] });
                    continue;
                }

                var instruction = source[at];
                if (instruction.Op is not (Re2Opcode.Alternate or Re2Opcode.Nop))
                {
                    instruction.Out = instruction.Op is Re2Opcode.ByteRange or Re2Opcode.Capture or Re2Opcode.Assert ? listOf[instruction.Out] : 0;
                    flat.Add(instruction);
                }

                FollowWithin(source[at]);
            }

            flat[^1] = flat[^1] with { Last = true };
        }

        var result = flat.ToArray();
        foreach (ref var instruction in result.AsSpan())
        {
            instruction.Out = begins[instruction.Out];
        }

        return (result, begins);
    }

    private int First(int at)
    {
        pass++;
        pending.Push(at);
        return Next();
    }

    /// <summary>The next instruction that this pass has not come by; -1 if there is none.</summary>
    private int Next()
    {
        while (pending.TryPop(out var at))
        {
            if (seenIn[at] != pass)
            {
                seenIn[at] = pass;
                return at;
            }
        }

        return -1;
    }

    private void FollowWithin(in Re2Instruction instruction)
    {
        if (instruction.Op == Re2Opcode.Nop)
        {
            pending.Push(instruction.Out);
        }
        else
        {
            Follow(instruction);
        }
    }

    private void Follow(in Re2Instruction instruction)
    {
        if (instruction.Op is Re2Opcode.Alternate or Re2Opcode.AlternateMatch)
        {
            pending.Push(instruction.Argument);
            pending.Push(instruction.Out);
        }
    }
}
