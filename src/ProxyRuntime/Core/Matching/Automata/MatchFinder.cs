using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Finds the matches of a text one after another with what their groups captured: the leftmost one, and of those the one that a search which
/// goes back would find first. It takes time linear in the text, for all matches together.
/// </summary>
internal ref struct MatchFinder
{
    private readonly Re2Program program;
    private readonly ReadOnlySpan<byte> text;
    private readonly int literalLength;

    /// <summary>By slot a place, -1 if there is none: begin and end of the match, then of each group that is asked for.</summary>
    private readonly Span<int> places;

    /// <summary>What to try next at a place: an instruction, or the complement of a slot above the place it had before.</summary>
    private readonly int[] pending;

    /// <summary>By instruction the last walk that came by.</summary>
    private readonly int[] seenIn;
    private BackwardScan scan;
    private int walk;

    /// <param name="literalLength">Bytes at the begin of the text that are known to be right; the program begins behind them, and there only.</param>
    /// <param name="places">For what is found: two for the match and two for each group of interest.</param>
    public MatchFinder(Re2Program program, BackwardDfa automaton, ReadOnlySpan<byte> text, int literalLength, Span<int> places)
    {
        this.program = program;
        this.text = text;
        this.literalLength = literalLength;
        this.places = places;
        scan = new BackwardScan(automaton, text);
        pending = ArrayPool<int>.Shared.Rent((4 * program.Size) + 1);
        seenIn = ArrayPool<int>.Shared.Rent(program.Size);
        Array.Clear(seenIn);
    }

    public void Dispose()
    {
        scan.Dispose();
        ArrayPool<int>.Shared.Return(pending);
        ArrayPool<int>.Shared.Return(seenIn);
    }

    /// <summary>Finds the first match that does not begin before <paramref name="from"/>.</summary>
    public bool TryFind(int from)
    {
        if (literalLength > 0 || program.AnchorStart)
        {
            var found = from == 0 && TryMatch(literalLength);
            places[0] = 0;
            return found;
        }

        for (var start = from; start <= text.Length; start++)
        {
            if (TryMatch(start))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryMatch(int start)
    {
        places.Fill(-1);
        var list = program.Start;
        for (var position = start; ; position++)
        {
            var leaf = Advance(list, position);
            if (leaf < 0)
            {
                return false;
            }

            ref var instruction = ref program.Instructions[leaf];
            if (instruction.Op == Re2Opcode.Match)
            {
                (places[0], places[1]) = (start, position);
                return true;
            }

            list = instruction.Out;
        }
    }

    /// <summary>The first instruction, in order of preference, from which a match is reached; -1 if there is none.</summary>
    private int Advance(int list, int position)
    {
        var state = scan.At(position);
        var before = position == 0 ? Re2Context.Edge : program.ContextOf(text[position - 1]);
        var holding = Re2Contexts.Between(before, state.Context);
        walk++;
        var depth = 0;
        pending[depth++] = list;
        while (depth > 0)
        {
            var at = pending[--depth];
            if (at < 0)
            {
                places[~at] = pending[--depth];
                continue;
            }

            if (seenIn[at] == walk)
            {
                continue;
            }

            seenIn[at] = walk;
            ref var instruction = ref program.Instructions[at];
            if (!instruction.Last)
            {
                pending[depth++] = at + 1;
            }

            switch (instruction.Op)
            {
                case Re2Opcode.ByteRange when state.Contains(at):
                case Re2Opcode.Match when !program.AnchorEnd || position == text.Length:
                    return at;
                case Re2Opcode.Capture:
                    if (instruction.Argument < places.Length)
                    {
                        pending[depth++] = places[instruction.Argument];
                        pending[depth++] = ~instruction.Argument;
                        places[instruction.Argument] = position;
                    }

                    pending[depth++] = instruction.Out;
                    break;
                case Re2Opcode.Nop:
                case Re2Opcode.Assert when (holding & (Re2Assertions)instruction.Argument) != 0:
                    pending[depth++] = instruction.Out;
                    break;
                default:
                    break;
            }
        }

        return -1;
    }
}
