namespace MeshSim.ProxyRuntime.Core;

/// <summary>The routes whose path specifier could match a path, in list order: several sorted lists merged without copying them.</summary>
internal ref struct RouteCandidates
{
    /// <summary>Nodes of the prefix tree with numbers on one path; what lies deeper is found by walking again.</summary>
    private const int MaxNodes = 16;

    private readonly PrefixTree tree;
    private readonly ReadOnlySpan<byte> path;
    private ReadOnlySpan<int> exact;
    private ReadOnlySpan<int> others;
    private NodeCursors cursors;
    private int count;
    private bool overflow;
    private int last = -1;

    public RouteCandidates(ReadOnlySpan<int> exact, ReadOnlySpan<int> others, PrefixTree tree, ReadOnlySpan<byte> path)
    {
        this.exact = exact;
        this.others = others;
        this.tree = tree;
        this.path = path;
        var rest = path;
        for (var node = PrefixTree.Root; node >= 0; node = tree.Down(node, ref rest))
        {
            if (tree.NumbersAt(node).IsEmpty)
            {
                continue;
            }

            if (count == MaxNodes)
            {
                overflow = true;
                break;
            }

            cursors[count++] = new NodeCursor(node, 0);
        }
    }

    /// <summary>The next candidate; −1 when there are no more.</summary>
    public int Next()
    {
        if (overflow)
        {
            return last = NextByWalking();
        }

        var least = int.MaxValue;
        var from = -3;
        Consider(exact, -1, ref least, ref from);
        Consider(others, -2, ref least, ref from);
        for (var i = 0; i < count; i++)
        {
            Consider(tree.NumbersAt(cursors[i].Node)[cursors[i].Place..], i, ref least, ref from);
        }

        switch (from)
        {
            case -3:
                return -1;
            case -1:
                exact = exact[1..];
                break;
            case -2:
                others = others[1..];
                break;
            default:
                cursors[from] = cursors[from] with { Place = cursors[from].Place + 1 };
                break;
        }

        return least;
    }

    /// <summary>The least number above the last one, over all lists: for paths with more nested prefixes than there are cursors.</summary>
    private readonly int NextByWalking()
    {
        var least = int.MaxValue;
        LeastAbove(exact, ref least);
        LeastAbove(others, ref least);
        var rest = path;
        for (var node = PrefixTree.Root; node >= 0; node = tree.Down(node, ref rest))
        {
            LeastAbove(tree.NumbersAt(node), ref least);
        }

        return least == int.MaxValue ? -1 : least;
    }

    private readonly void LeastAbove(ReadOnlySpan<int> numbers, ref int least)
    {
        var at = numbers.BinarySearch(last + 1);
        at = at < 0 ? ~at : at;
        if (at < numbers.Length)
        {
            least = Math.Min(least, numbers[at]);
        }
    }

    private static void Consider(ReadOnlySpan<int> numbers, int source, ref int least, ref int from)
    {
        if (!numbers.IsEmpty && numbers[0] < least)
        {
            least = numbers[0];
            from = source;
        }
    }

    private readonly record struct NodeCursor(int Node, int Place);

    [System.Runtime.CompilerServices.InlineArray(MaxNodes)]
    private struct NodeCursors
    {
        private NodeCursor first;
    }
}
