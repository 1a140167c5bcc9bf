namespace MeshSim.ProxyRuntime.Core;

/// <summary>What begins with <c>(?</c>: names, flags, groups that do not capture.</summary>
internal sealed partial class Re2Parser
{
    private bool ReadGroupOrFlags()
    {
        var left = pattern.Length - position;
        var behind = At(2) == '<';
        if ((left > 3 && At(2) is '=' or '!') || (left > 4 && behind && At(3) is '=' or '!'))
        {
            // Looking ahead or behind.
            return Fail("invalid perl operator", pattern.Substring(position, behind ? 4 : 3));
        }

        return (left > 4 && At(2) == 'P' && At(3) == '<') || (left > 3 && behind) ? ReadNamedGroup(behind ? 3 : 4) : ReadFlags();
    }

    /// <summary><c>(?P&lt;name&gt;</c> or <c>(?&lt;name&gt;</c>. The same name may be given twice.</summary>
    private bool ReadNamedGroup(int nameAt)
    {
        var end = pattern.IndexOf('>', position + nameAt);
        if (end < 0)
        {
            return Fail("invalid named capture group", pattern[position..]);
        }

        var name = pattern[(position + nameAt)..end];
        if (name.Length == 0 || !name.EnumerateRunes().All(static rune => UnicodeClasses.IsNamePart(rune.Value)))
        {
            return Fail("invalid named capture group", pattern[position..(end + 1)]);
        }

        position = end + 1;
        stack.Open(++groups, flags);
        return true;
    }

    /// <summary><c>(?i)</c> changes flags up to the end of the group, <c>(?i:</c> opens one with other flags, <c>-</c> takes away what follows it.</summary>
    private bool ReadFlags()
    {
        var start = position;
        position += 2;
        var (changed, negated, pending) = (flags, false, false);
        while (!AtEnd)
        {
            var letter = ReadRune();
            if (letter is ':' or ')')
            {
                if (negated && !pending)
                {
                    break;
                }

                if (letter == ':')
                {
                    stack.Open(group: 0, flags);
                }

                flags = changed;
                return true;
            }

            if (letter == '-' && !negated)
            {
                negated = true;
                continue;
            }

            if (FlagOf(letter) is not { } flag)
            {
                break;
            }

            // m is off where one line is on.
            pending = negated;
            changed = negated == (flag == Re2Flags.OneLine) ? changed | flag : changed & ~flag;
        }

        return Fail("invalid perl operator", pattern[start..position]);
    }

    private static Re2Flags? FlagOf(int letter) =>
        letter switch
        {
            'i' => Re2Flags.FoldCase,
            'm' => Re2Flags.OneLine,
            's' => Re2Flags.DotNewline,
            'U' => Re2Flags.NonGreedy,
            _ => null,
        };
}
