namespace MeshSim.ProxyRuntime.Core;

/// <summary>Classes: in brackets, and the named ones of Perl, POSIX and Unicode.</summary>
internal sealed partial class Re2Parser
{
    private bool ReadClass()
    {
        var start = position++;
        var negated = At(0) == '^';
        position += negated ? 1 : 0;
        var members = new RuneSet();

        // A bracket that comes first does not close.
        for (var first = position; !AtEnd && (At(0) != ']' || position == first); )
        {
            if (TryReadPosixClass(members, out var failed) || (!failed && TryReadNamedClass(members, inBrackets: true, out failed)))
            {
                continue;
            }

            if (failed || !TryReadRange(members, start))
            {
                return false;
            }
        }

        if (AtEnd)
        {
            return Fail("missing ]", pattern[start..]);
        }

        position++;
        stack.PushClass(negated ? members.Negated() : members, flags);
        return true;
    }

    /// <summary>A character or, with a hyphen that is not the last in the class, a range of them.</summary>
    private bool TryReadRange(RuneSet members, int classAt)
    {
        var start = position;
        if (!TryReadMember(classAt, out var lo))
        {
            return false;
        }

        var hi = lo;
        if (At(0) == '-' && position + 1 < pattern.Length && At(1) != ']')
        {
            position++;
            if (!TryReadMember(classAt, out hi))
            {
                return false;
            }

            if (hi < lo)
            {
                return Fail("invalid character class range", pattern[start..position]);
            }
        }

        members.Add(lo, hi, flags);
        return true;
    }

    private bool TryReadMember(int classAt, out int rune)
    {
        rune = 0;
        if (AtEnd)
        {
            return Fail("missing ]", pattern[classAt..]);
        }

        if (At(0) == '\\')
        {
            return TryReadEscape(out rune);
        }

        rune = ReadRune();
        return true;
    }

    /// <summary><c>[:name:]</c> or <c>[:^name:]</c> within brackets. Without its end it is no name but characters.</summary>
    private bool TryReadPosixClass(RuneSet members, out bool failed)
    {
        failed = false;
        var end = At(0) == '[' && At(1) == ':' && position + 2 < pattern.Length ? pattern.IndexOf(":]", position + 2, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            return false;
        }

        var negated = At(2) == '^';
        if (AsciiClasses.Posix(pattern[(position + (negated ? 3 : 2))..end]) is not { } named)
        {
            failed = true;
            return Fail("invalid character class range", pattern[position..(end + 2)]);
        }

        members.Add(named, negated, flags);
        position = end + 2;
        return true;
    }

    /// <summary><c>\d</c>, <c>\s</c>, <c>\w</c>, <c>\pL</c>, <c>\p{Greek}</c>; in capitals what is not in them.</summary>
    private bool TryReadNamedClass(RuneSet members, bool inBrackets, out bool failed)
    {
        failed = false;
        var letter = At(0) == '\\' ? At(1) : '\0';
        if (letter is 'p' or 'P')
        {
            if (inBrackets && position + 2 == pattern.Length)
            {
                return false;
            }

            failed = !TryReadUnicodeClass(members, negated: letter == 'P');
            return !failed;
        }

        if (AsciiClasses.Perl(char.ToLowerInvariant(letter)) is not { } named)
        {
            return false;
        }

        position += 2;
        members.Add(named, char.IsAsciiLetterUpper(letter), flags);
        return true;
    }

    private bool TryReadUnicodeClass(RuneSet members, bool negated)
    {
        var start = position;
        position += 2;
        var name = "";
        if (At(0) == '{')
        {
            var end = pattern.IndexOf('}', position);
            if (end < 0)
            {
                return Fail("invalid character class range", pattern[start..]);
            }

            name = pattern[(position + 1)..end];
            position = end + 1;
        }
        else if (!AtEnd)
        {
            _ = ReadRune();
            name = pattern[(start + 2)..position];
        }

        var inverted = name.StartsWith('^');
        if (UnicodeClasses.Find(inverted ? name[1..] : name) is not { } named)
        {
            return Fail("invalid character class range", pattern[start..position]);
        }

        members.Add(named, negated != inverted, flags);
        return true;
    }
}
