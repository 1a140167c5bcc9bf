namespace MeshSim.ProxyRuntime.Core;

/// <summary>Rewrites an expression with classes, stars, pluses and quests in the place of counted repetitions, as RE2 does before it compiles.</summary>
internal static class Re2Simplifier
{
    /// <summary>The same expression without counted repetitions. Parts of it may stand in several places.</summary>
    public static Re2Node Simplify(Re2Node expression)
    {
        _ = Re2Walk.TryFold<Re2Node>(expression, Re2Coalescing.Coalesce, int.MaxValue, out var coalesced);
        _ = Re2Walk.TryFold<Re2Node>(coalesced!, Simplified, int.MaxValue, out var simple);
        return simple!;
    }

    private static Re2Node Simplified(Re2Node part, Re2Node[] children)
    {
        switch (part.Op)
        {
            case Re2Op.Class when part.Class!.IsEmpty:
                return new Re2Node(Re2Op.NoMatch, part.Flags);
            case Re2Op.Class when part.Class!.IsFull:
                return new Re2Node(Re2Op.AnyChar, part.Flags);
            case Re2Op.Star or Re2Op.Plus or Re2Op.Quest or Re2Op.Repeat when children[0].Op == Re2Op.EmptyMatch:
                return children[0];
            case Re2Op.Repeat:
                return Unrolled(children[0], part);
            case Re2Op.Star or Re2Op.Plus or Re2Op.Quest:
                var inner = children[0];
                return ReferenceEquals(inner, part.Children[0]) ? part
                    : inner.Op == part.Op && inner.Flags == part.Flags ? inner
                    : new Re2Node(part.Op, part.Flags, inner);
            default:
                return WithChildren(part, children);
        }
    }

    /// <summary>The part itself if its children are still the same.</summary>
    public static Re2Node WithChildren(Re2Node part, Re2Node[] children)
    {
        for (var i = 0; i < children.Length; i++)
        {
            if (!ReferenceEquals(children[i], part.Children[i]))
            {
                return new Re2Node(part.Op, part.Flags, children)
                {
                    Group = part.Group,
                    Min = part.Min,
                    Max = part.Max,
                };
            }
        }

        return part;
    }

    /// <summary><c>x{2,}</c> is <c>xx+</c>; <c>x{2,4}</c> is <c>xx(?:x(?:x)?)?</c>, which takes the automaton less work than <c>xxx?x?</c>.</summary>
    private static Re2Node Unrolled(Re2Node inner, Re2Node repeat)
    {
        var (min, max, flags) = (repeat.Min, repeat.Max, repeat.Flags);
        if (inner.IsAssertion || (inner.Op is Re2Op.Concat or Re2Op.Alternate && inner.Children.TrueForAll(static child => child.IsAssertion)))
        {
            // A place that matches once matches as often as is asked for.
            (min, max) = (Math.Min(min, 1), Math.Min(max, 1));
        }

        if (max < 0)
        {
            return min == 0
                ? Re2Node.Repeated(Re2Op.Star, flags, inner)
                : Re2Node.Concat(flags, [.. Enumerable.Repeat(inner, min - 1), Re2Node.Repeated(Re2Op.Plus, flags, inner)]);
        }

        if (max == 0)
        {
            return new Re2Node(Re2Op.EmptyMatch, flags);
        }

        Re2Node? optional = null;
        for (var i = min; i < max; i++)
        {
            optional = Re2Node.Repeated(Re2Op.Quest, flags, optional is null ? inner : new Re2Node(Re2Op.Concat, flags, inner, optional));
        }

        if (min == 0)
        {
            return optional!;
        }

        var required = Re2Node.Concat(flags, [.. Enumerable.Repeat(inner, min)]);
        return optional is null ? required : new Re2Node(Re2Op.Concat, flags, required, optional);
    }
}
