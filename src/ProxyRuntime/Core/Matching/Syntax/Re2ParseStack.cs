namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What the parser has read so far: parts, open groups and bars. A bar or the end of a group makes one part of those above the last marker.
/// The parts merge exactly as in RE2, because the size of the program that comes of it is limited by configuration.
/// </summary>
internal sealed class Re2ParseStack
{
    private readonly List<Re2Node> parts = [];

    /// <summary>The last part, which a repetition operator takes; null if there is none to take.</summary>
    public Re2Node? Operand => parts.Count > 0 && !parts[^1].IsMarker ? parts[^1] : null;

    public void Push(Re2Node part)
    {
        MergeLiterals();
        parts.Add(part);
    }

    /// <summary>Pushes a class as written. One of a single character is that character, [Aa] is the letter in either case.</summary>
    public void PushClass(RuneSet members, Re2Flags flags)
    {
        var first = members.Count > 0 ? members.First : 0;
        if (members.Count == 1)
        {
            Push(Re2Node.Literal(flags, [first]));
        }
        else if (members.Count == 2 && first is >= 'A' and <= 'Z' && members.Contains(first + 'a' - 'A'))
        {
            Push(Re2Node.Literal(flags | Re2Flags.FoldCase, [first + 'a' - 'A']));
        }
        else
        {
            Push(Re2Node.OfClass(flags, members));
        }
    }

    public void PushLiteral(int rune, Re2Flags flags)
    {
        if ((flags & Re2Flags.FoldCase) == 0 || CaseFolding.Next(rune) == rune)
        {
            // The literal last pushed stays apart from those before it for as long as an operator may follow.
            MergeLiterals();
            parts.Add(Re2Node.Literal(flags, [rune]));
            return;
        }

        var forms = new RuneSet();
        CaseFolding.AddFolded(forms, rune, rune);
        PushClass(forms, flags);
    }

    /// <summary>Puts the last part under an operator; one that repeats what is repeated already makes a single star.</summary>
    public void Repeat(Re2Op op, Re2Flags flags) => parts[^1] = Re2Node.Repeated(op, flags, parts[^1]);

    /// <summary>Puts the last part under a counted repetition and returns how many copies of its innermost part that makes.</summary>
    public int Repeat(int min, int max, Re2Flags flags)
    {
        var inner = parts[^1];
        var factor = Math.Max(1, max < 0 ? min : max);
        var copies = inner.Copies > int.MaxValue / factor ? int.MaxValue : inner.Copies * factor;
        parts[^1] = new Re2Node(Re2Op.Repeat, flags, inner)
        {
            Min = min,
            Max = max,
            Copies = copies,
        };
        return copies;
    }

    /// <param name="group">The number of a capturing group; 0 for one that does not capture.</param>
    /// <param name="flags">The flags before the group, to be in force again behind it.</param>
    public void Open(int group, Re2Flags flags) => Push(new Re2Node(Re2Op.LeftParen, flags) { Group = group });

    public void Bar(Re2Flags flags)
    {
        MergeLiterals();
        CollapseConcat(flags);
        if (parts.Count < 2 || parts[^2].Op != Re2Op.VerticalBar)
        {
            parts.Add(new Re2Node(Re2Op.VerticalBar, flags));
            return;
        }

        // The alternative just read goes below the bar, to the others; any character takes in a single one beside it.
        var (bar, read) = (parts[^2], parts[^1]);
        parts.RemoveRange(parts.Count - 2, 2);
        if (parts.Count > 0 && parts[^1].Op == Re2Op.AnyChar && IsTakenIn(read))
        {
            parts.Add(bar);
            return;
        }

        if (parts.Count > 0 && read.Op == Re2Op.AnyChar && IsTakenIn(parts[^1]))
        {
            parts.RemoveAt(parts.Count - 1);
        }

        parts.Add(read);
        parts.Add(bar);
    }

    /// <summary>Closes the last group and gives the flags in force before it. False if none is open.</summary>
    public bool TryClose(ref Re2Flags flags)
    {
        CollapseAlternate(flags);
        if (parts.Count < 2 || parts[^2].Op != Re2Op.LeftParen)
        {
            return false;
        }

        var (open, inner) = (parts[^2], parts[^1]);
        parts.RemoveRange(parts.Count - 2, 2);
        flags = open.Flags;
        Push(open.Group > 0 ? Re2Node.Capture(open.Flags, open.Group, inner) : inner);
        return true;
    }

    /// <summary>The whole expression; null if a group is still open.</summary>
    public Re2Node? Finish(Re2Flags flags)
    {
        CollapseAlternate(flags);
        return parts.Count == 1 ? parts[0] : null;
    }

    private static bool IsTakenIn(Re2Node part) => part.IsSingleRune || part.Op is Re2Op.Class or Re2Op.AnyChar;

    /// <summary>Joins the two last parts if both are literals.</summary>
    private void MergeLiterals()
    {
        if (
            parts.Count >= 2
            && parts[^1].Op == Re2Op.Literal
            && parts[^2].Op == Re2Op.Literal
            && parts[^1].Has(Re2Flags.FoldCase) == parts[^2].Has(Re2Flags.FoldCase)
        )
        {
            parts[^2].Runes.AddRange(parts[^1].Runes);
            parts.RemoveAt(parts.Count - 1);
        }
    }

    private void CollapseAlternate(Re2Flags flags)
    {
        Bar(flags);
        parts.RemoveAt(parts.Count - 1);
        Collapse(Re2Op.Alternate, flags);
    }

    private void CollapseConcat(Re2Flags flags)
    {
        if (Operand is null)
        {
            parts.Add(new Re2Node(Re2Op.EmptyMatch, flags));
        }

        Collapse(Re2Op.Concat, flags);
    }

    /// <summary>Makes one part of those above the last marker; a sequence within a sequence is one with it.</summary>
    private void Collapse(Re2Op op, Re2Flags flags)
    {
        var start = parts.FindLastIndex(static part => part.IsMarker) + 1;
        if (parts.Count - start == 1)
        {
            return;
        }

        var children = new List<Re2Node>();
        foreach (var part in parts.Skip(start))
        {
            if (part.Op == op)
            {
                children.AddRange(part.Children);
            }
            else
            {
                children.Add(part);
            }
        }

        parts.RemoveRange(start, parts.Count - start);
        if (op == Re2Op.Alternate)
        {
            Re2Factoring.Factor(children, flags);
        }

        parts.Add(children.Count == 1 ? children[0] : new Re2Node(op, flags, children));
    }
}
