namespace MeshSim.ProxyRuntime.Core;

/// <summary>Joins repetitions of the same character that follow each other: <c>a*a+ab</c> becomes <c>a{2,}b</c>.</summary>
internal static class Re2Coalescing
{
    public static Re2Node Coalesce(Re2Node part, Re2Node[] children)
    {
        if (part.Op != Re2Op.Concat || !AnyJoins(children))
        {
            return Re2Simplifier.WithChildren(part, children);
        }

        for (var i = 0; i + 1 < children.Length; i++)
        {
            if (Joins(children[i], children[i + 1]))
            {
                Join(ref children[i], ref children[i + 1]);
            }
        }

        return new Re2Node(Re2Op.Concat, part.Flags, children.Where(static child => child.Op != Re2Op.EmptyMatch));
    }

    private static bool AnyJoins(Re2Node[] children)
    {
        for (var i = 0; i + 1 < children.Length; i++)
        {
            if (Joins(children[i], children[i + 1]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Joins(Re2Node one, Re2Node next)
    {
        if (!IsRepetition(one) || !one.Children[0].IsOneCharacter)
        {
            return false;
        }

        var repeated = one.Children[0];
        return (IsRepetition(next) && Re2Node.Same(repeated, next.Children[0]) && one.Has(Re2Flags.NonGreedy) == next.Has(Re2Flags.NonGreedy))
            || Re2Node.Same(repeated, next)
            || (
                repeated.Op == Re2Op.Literal
                && next.Op == Re2Op.Literal
                && next.Runes[0] == repeated.Runes[0]
                && next.Has(Re2Flags.FoldCase) == repeated.Has(Re2Flags.FoldCase)
            );
    }

    private static bool IsRepetition(Re2Node part) => part.Op is Re2Op.Star or Re2Op.Plus or Re2Op.Quest or Re2Op.Repeat;

    /// <summary>Makes one repetition of two neighbours and leaves an empty match before it; what remains of a literal comes behind it.</summary>
    private static void Join(ref Re2Node one, ref Re2Node next)
    {
        var repeated = one.Children[0];
        var (min, max) = Bounds(one);
        var taken = next.Op == Re2Op.Literal ? next.Runes.TakeWhile(rune => rune == repeated.Runes[0]).Count() : 1;
        var (moreMin, moreMax) = IsRepetition(next) ? Bounds(next) : (taken, taken);
        var joined = new Re2Node(Re2Op.Repeat, one.Flags, repeated) { Min = min + moreMin, Max = max < 0 || moreMax < 0 ? -1 : max + moreMax };
        if (next.Op == Re2Op.Literal && taken < next.Runes.Count)
        {
            one = joined;
            next = Re2Node.Literal(next.Flags, next.Runes.Skip(taken));
            return;
        }

        one = new Re2Node(Re2Op.EmptyMatch, Re2Flags.None);
        next = joined;
    }

    private static (int Min, int Max) Bounds(Re2Node repetition) =>
        repetition.Op switch
        {
            Re2Op.Star => (0, -1),
            Re2Op.Plus => (1, -1),
            Re2Op.Quest => (0, 1),
            _ => (repetition.Min, repetition.Max),
        };
}
