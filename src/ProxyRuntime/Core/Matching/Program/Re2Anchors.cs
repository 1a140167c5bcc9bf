namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// What of an expression binds it to the begin or end of the text. RE2 takes it off before it compiles; it looks no deeper than a few levels,
/// and what it does not see stays an instruction.
/// </summary>
internal static class Re2Anchors
{
    private const int MaxDepth = 4;

    /// <summary>
    /// Takes <c>^</c> and the literal behind it off an expression that begins with them. The text is compared with the literal first; the rest
    /// is what becomes a program.
    /// </summary>
    /// <returns>The literal; null if the expression does not begin so.</returns>
    public static Re2Node? TryRemovePrefix(ref Re2Node expression)
    {
        var parts = expression.Op == Re2Op.Concat ? expression.Children : [];
        var anchors = parts.TakeWhile(static part => part.Op == Re2Op.BeginText).Count();
        if (anchors == 0 || anchors == parts.Count || parts[anchors].Op != Re2Op.Literal)
        {
            return null;
        }

        var rest = parts.Skip(anchors + 1).ToList();
        expression = rest.Count == 0 ? new Re2Node(Re2Op.EmptyMatch, expression.Flags) : Re2Node.Concat(expression.Flags, rest);
        return parts[anchors];
    }

    /// <summary>The literal that every match of a whole text ends with, compared case by case; null if that is not known.</summary>
    public static Re2Node? Suffix(Re2Node expression)
    {
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            if (expression.Op == Re2Op.Literal)
            {
                return expression.Has(Re2Flags.FoldCase) ? null : expression;
            }

            var last = expression.Children.FindLastIndex(static part => part.Op != Re2Op.EndText);
            if (last < 0 || expression.Op is not (Re2Op.Concat or Re2Op.Capture))
            {
                return null;
            }

            expression = expression.Children[last];
        }

        return null;
    }

    public static bool TryRemoveStart(ref Re2Node expression) => TryRemove(ref expression, Re2Op.BeginText, last: false, depth: 0);

    public static bool TryRemoveEnd(ref Re2Node expression) => TryRemove(ref expression, Re2Op.EndText, last: true, depth: 0);

    private static bool TryRemove(ref Re2Node part, Re2Op anchor, bool last, int depth)
    {
        if (depth >= MaxDepth)
        {
            return false;
        }

        if (part.Op == anchor)
        {
            part = new Re2Node(Re2Op.EmptyMatch, part.Flags);
            return true;
        }

        if (part.Op is not (Re2Op.Concat or Re2Op.Capture) || part.Children.Count == 0)
        {
            return false;
        }

        var index = last ? part.Children.Count - 1 : 0;
        var child = part.Children[index];
        if (!TryRemove(ref child, anchor, last, depth + 1))
        {
            return false;
        }

        var children = part.Children.ToArray();
        children[index] = child;
        part = part.Op == Re2Op.Capture ? Re2Node.Capture(part.Flags, part.Group, child) : Re2Node.Concat(part.Flags, children);
        return true;
    }
}
