namespace MeshSim.ProxyRuntime.Core;

/// <summary>What begins with a backslash, outside classes and, as far as it is a character, within.</summary>
internal sealed partial class Re2Parser
{
    private bool ReadEscaped()
    {
        switch (At(1))
        {
            case 'b' or 'B':
                return PushOp(At(1) == 'b' ? Re2Op.WordBoundary : Re2Op.NoWordBoundary);
            case 'A':
                return PushOp(Re2Op.BeginText);
            case 'z':
                return PushOp(Re2Op.EndText);
            case 'C':
                return PushOp(Re2Op.AnyByte);
            case 'Q':
                ReadQuoted();
                return true;
            case 'p' or 'P' or 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                var members = new RuneSet();
                if (!TryReadNamedClass(members, inBrackets: false, out var failed))
                {
                    return !failed;
                }

                stack.PushClass(members, flags);
                return true;
            default:
                if (!TryReadEscape(out var rune))
                {
                    return false;
                }

                stack.PushLiteral(rune, flags);
                return true;
        }
    }

    private bool PushOp(Re2Op op)
    {
        position += 2;
        stack.Push(new Re2Node(op, flags));
        return true;
    }

    /// <summary><c>\Q…\E</c>, or up to the end.</summary>
    private void ReadQuoted()
    {
        for (position += 2; !AtEnd; )
        {
            if (At(0) == '\\' && At(1) == 'E')
            {
                position += 2;
                return;
            }

            stack.PushLiteral(ReadRune(), flags);
        }
    }

    /// <summary>An escape that stands for one character.</summary>
    private bool TryReadEscape(out int rune)
    {
        var start = position++;
        rune = 0;
        if (AtEnd)
        {
            return Fail("trailing \\");
        }

        var letter = ReadRune();
        switch (letter)
        {
            // A single digit other than 0 would be a reference back.
            case >= '1' and <= '7' when !IsOctal(At(0)):
                break;
            case >= '0' and <= '7':
                rune = letter - '0';
                for (var more = 0; more < 2 && IsOctal(At(0)); more++)
                {
                    rune = (rune * 8) + At(0) - '0';
                    position++;
                }

                return true;
            case 'x':
                return TryReadHex(start, out rune);
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)letter):
                rune = letter;
                return true;
            default:
                rune = letter switch
                {
                    'a' => '\a',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\v',
                    _ => -1,
                };
                return rune >= 0 || FailEscape(start);
        }

        return FailEscape(start);
    }

    /// <summary><c>\x</c> with two digits or, in braces, any number of them.</summary>
    private bool TryReadHex(int start, out int rune)
    {
        rune = 0;
        if (AtEnd)
        {
            return FailEscape(start);
        }

        var first = ReadRune();
        if (first != '{')
        {
            if (AtEnd)
            {
                return FailEscape(start);
            }

            var second = ReadRune();
            rune = (HexValue(first) * 16) + HexValue(second);
            return (HexValue(first) >= 0 && HexValue(second) >= 0) || FailEscape(start);
        }

        if (AtEnd)
        {
            return Fail("invalid UTF-8");
        }

        for (var digits = 0; !AtEnd; digits++)
        {
            var next = ReadRune();
            if (HexValue(next) < 0)
            {
                return (next == '}' && digits > 0) || FailEscape(start);
            }

            rune = (rune * 16) + HexValue(next);
            if (rune > RuneSet.MaxRune)
            {
                break;
            }
        }

        return FailEscape(start);
    }

    private bool FailEscape(int start) => Fail("invalid escape sequence", pattern[start..position]);

    private static bool IsOctal(char digit) => digit is >= '0' and <= '7';

    private static int HexValue(int digit) => digit < 0x80 && char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : -1;
}
