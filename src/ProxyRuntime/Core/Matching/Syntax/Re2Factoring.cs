namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Takes common beginnings out of alternatives: <c>abc|abd|aef</c> becomes <c>a(?:b[cd]|ef)</c>. Three rounds as in RE2: beginnings that are
/// literals, then first parts that are the same, then alternatives of one character each, which make a class. What remains behind a common
/// beginning is factored in turn.
/// </summary>
internal static class Re2Factoring
{
    private const int Rounds = 3;

    /// <summary>Changes <paramref name="alternatives"/> in place; at least one remains.</summary>
    public static void Factor(List<Re2Node> alternatives, Re2Flags flags)
    {
        var pending = new Stack<Level>();
        pending.Push(new Level(alternatives));
        while (pending.TryPeek(out var level))
        {
            if (level.Next < level.Splices.Count)
            {
                pending.Push(new Level(level.Splices[level.Next++].Rest));
                continue;
            }

            level.Apply(flags);
            if (level.Round == Rounds)
            {
                _ = pending.Pop();
                continue;
            }

            level.Begin(flags);
        }
    }

    /// <summary>One list of alternatives and how far it is.</summary>
    private sealed class Level(List<Re2Node> alternatives)
    {
        public int Round { get; private set; }

        public List<Splice> Splices { get; private set; } = [];

        /// <summary>The splice whose rest is to be factored next.</summary>
        public int Next { get; set; }

        public void Begin(Re2Flags flags)
        {
            Round++;
            Splices = Round switch
            {
                1 => LiteralBeginnings(alternatives),
                2 => SameFirstParts(alternatives),
                _ => SingleCharacters(alternatives, flags),
            };
            Next = Round == Rounds ? Splices.Count : 0;
        }

        /// <summary>Puts what was found in the place of the alternatives it was found in.</summary>
        public void Apply(Re2Flags flags)
        {
            if (Splices.Count == 0)
            {
                return;
            }

            var result = new List<Re2Node>();
            var taken = 0;
            foreach (var splice in Splices)
            {
                result.AddRange(alternatives.Skip(taken).Take(splice.Start - taken));
                result.Add(Round == Rounds ? splice.Prefix : Joined(splice, flags));
                taken = splice.Start + splice.Count;
            }

            result.AddRange(alternatives.Skip(taken));
            alternatives.Clear();
            alternatives.AddRange(result);
            Splices = [];
            Next = 0;
        }

        private static Re2Node Joined(Splice splice, Re2Flags flags)
        {
            var rest = splice.Rest.Count == 1 ? splice.Rest[0] : new Re2Node(Re2Op.Alternate, flags, splice.Rest);
            return new Re2Node(Re2Op.Concat, flags, splice.Prefix, rest);
        }
    }

    /// <summary>What stands for <paramref name="Count"/> alternatives from <paramref name="Start"/>: a beginning and what may follow it.</summary>
    private sealed record Splice(Re2Node Prefix, int Start, int Count, List<Re2Node> Rest);

    private static List<Splice> LiteralBeginnings(List<Re2Node> alternatives)
    {
        var splices = new List<Splice>();
        var start = 0;
        var common = LeadingLiteral(alternatives[0]);
        var length = common?.Runes.Count ?? 0;
        for (var i = 1; i <= alternatives.Count; i++)
        {
            var leading = i < alternatives.Count ? LeadingLiteral(alternatives[i]) : null;
            var same = SharedLength(common, length, leading);
            if (same > 0)
            {
                length = same;
                continue;
            }

            if (i - start > 1)
            {
                var prefix = Re2Node.Literal(common!.Flags & Re2Flags.FoldCase, common.Runes.Take(length));
                var cut = length;
                splices.Add(new Splice(prefix, start, i - start, [.. alternatives.Skip(start).Take(i - start).Select(part => WithoutLiteral(part, cut))]));
            }

            (start, common, length) = (i, leading, leading?.Runes.Count ?? 0);
        }

        return splices;
    }

    private static int SharedLength(Re2Node? common, int length, Re2Node? leading)
    {
        if (common is null || leading is null || common.Has(Re2Flags.FoldCase) != leading.Has(Re2Flags.FoldCase))
        {
            return 0;
        }

        var same = 0;
        while (same < length && same < leading.Runes.Count && common.Runes[same] == leading.Runes[same])
        {
            same++;
        }

        return same;
    }

    /// <summary>The literal an alternative begins with; null if it begins with something else.</summary>
    private static Re2Node? LeadingLiteral(Re2Node part)
    {
        while (part.Op == Re2Op.Concat && part.Children.Count > 0)
        {
            part = part.Children[0];
        }

        return part.Op == Re2Op.Literal ? part : null;
    }

    /// <summary>An alternative without the first <paramref name="count"/> code points of the literal it begins with.</summary>
    private static Re2Node WithoutLiteral(Re2Node part, int count)
    {
        if (part.Op != Re2Op.Concat)
        {
            return Re2Node.Literal(part.Flags, part.Runes.Skip(count));
        }

        // A sequence does not begin with a sequence but where factoring made one, so this is not deep.
        part.Children[0] = WithoutLiteral(part.Children[0], count);
        return part.Children[0].Op == Re2Op.EmptyMatch ? WithoutFirst(part) : part;
    }

    private static List<Splice> SameFirstParts(List<Re2Node> alternatives)
    {
        var splices = new List<Splice>();
        var start = 0;
        var first = FirstPart(alternatives[0]);
        for (var i = 1; i <= alternatives.Count; i++)
        {
            var next = i < alternatives.Count ? FirstPart(alternatives[i]) : null;
            if (first is not null && next is not null && IsSafeToShare(first) && Re2Node.Same(first, next))
            {
                continue;
            }

            if (i - start > 1)
            {
                splices.Add(new Splice(first!, start, i - start, [.. alternatives.Skip(start).Take(i - start).Select(WithoutFirst)]));
            }

            (start, first) = (i, next);
        }

        return splices;
    }

    /// <summary>Parts under an operator are not shared: their paths through the automaton are distinct, and which is first counts.</summary>
    private static bool IsSafeToShare(Re2Node part) =>
        part.IsAssertion
        || part.Op is Re2Op.Class or Re2Op.AnyChar or Re2Op.AnyByte
        || (part.Op == Re2Op.Repeat && part.Min == part.Max && part.Children[0].IsOneCharacter);

    private static Re2Node? FirstPart(Re2Node part) =>
        part.Op == Re2Op.EmptyMatch ? null
        : part.Op != Re2Op.Concat || part.Children.Count < 2 ? part
        : part.Children[0].Op == Re2Op.EmptyMatch ? null
        : part.Children[0];

    private static Re2Node WithoutFirst(Re2Node part)
    {
        if (part.Op != Re2Op.Concat || part.Children.Count < 2)
        {
            return new Re2Node(Re2Op.EmptyMatch, part.Flags);
        }

        part.Children.RemoveAt(0);
        return part.Children.Count == 1 ? part.Children[0] : part;
    }

    private static List<Splice> SingleCharacters(List<Re2Node> alternatives, Re2Flags flags)
    {
        var splices = new List<Splice>();
        var start = 0;
        for (var i = 1; i <= alternatives.Count; i++)
        {
            if (i < alternatives.Count && IsSingle(alternatives[start]) && IsSingle(alternatives[i]))
            {
                continue;
            }

            if (i - start > 1)
            {
                var members = new RuneSet();
                foreach (var single in alternatives.Skip(start).Take(i - start))
                {
                    AddTo(members, single);
                }

                splices.Add(new Splice(Re2Node.OfClass(flags, members), start, i - start, []));
            }

            start = i;
        }

        return splices;
    }

    private static bool IsSingle(Re2Node part) => part.IsSingleRune || part.Op == Re2Op.Class;

    private static void AddTo(RuneSet members, Re2Node single)
    {
        if (single.Op == Re2Op.Class)
        {
            members.Add(single.Class!);
            return;
        }

        // Apart first: a letter that is a member already would not bring its other forms.
        var forms = new RuneSet();
        forms.Add(single.Runes[0], single.Runes[0], single.Flags);
        members.Add(forms);
    }
}
