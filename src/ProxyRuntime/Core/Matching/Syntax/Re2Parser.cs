using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Reads a regular expression in the syntax of RE2: Perl's, without what cannot be matched in linear time (references back, looking around).
/// What is refused is told in RE2's words, which Envoy passes on.
/// </summary>
internal sealed partial class Re2Parser
{
    /// <summary>Copies that a counted repetition may make, also where repetitions are nested.</summary>
    private const int MaxCopies = 1000;

    private readonly string pattern;
    private readonly Re2ParseStack stack = new();
    private int position;
    private Re2Flags flags = Re2Flags.OneLine;
    private int groups;
    private string? error;

    private Re2Parser(string pattern) => this.pattern = pattern;

    /// <param name="groups">How many groups capture.</param>
    /// <returns>The expression; null with an <paramref name="error"/>.</returns>
    public static Re2Node? Parse(string pattern, out int groups, out string? error)
    {
        var parser = new Re2Parser(pattern);
        var expression = parser.Parse();
        (groups, error) = (parser.groups, parser.error);
        return expression;
    }

    private Re2Node? Parse()
    {
        if (HasLoneSurrogate())
        {
            _ = Fail("invalid UTF-8");
            return null;
        }

        // Where the operator just read begins, as one must not follow another; -1 if it was none.
        var operatorAt = -1;
        while (position < pattern.Length)
        {
            var start = position;
            var isOperator = pattern[position] is '*' or '+' or '?' || (pattern[position] == '{' && TryReadBounds(out _, out _));
            position = start;
            if (!(isOperator ? ReadOperator(operatorAt) : ReadPart()))
            {
                return null;
            }

            operatorAt = isOperator ? start : -1;
        }

        var expression = stack.Finish(flags);
        _ = expression is not null || Fail("missing )", pattern);
        return expression;
    }

    private bool ReadPart()
    {
        switch (pattern[position])
        {
            case '(':
                return ReadOpening();
            case ')':
                position++;
                return stack.TryClose(ref flags) || Fail("unexpected )", pattern);
            case '|':
                stack.Bar(flags);
                break;
            case '^':
                stack.Push(new Re2Node(Is(Re2Flags.OneLine) ? Re2Op.BeginText : Re2Op.BeginLine, flags));
                break;
            case '$':
                stack.Push(Is(Re2Flags.OneLine) ? new Re2Node(Re2Op.EndText, flags | Re2Flags.WasDollar) : new Re2Node(Re2Op.EndLine, flags));
                break;
            case '.':
                stack.Push(Is(Re2Flags.DotNewline) ? new Re2Node(Re2Op.AnyChar, flags) : Re2Node.OfClass(flags, AllButNewline()));
                break;
            case '[':
                return ReadClass();
            case '\\':
                return ReadEscaped();
            default:
                stack.PushLiteral(ReadRune(), flags);
                return true;
        }

        position++;
        return true;
    }

    private bool ReadOpening()
    {
        if (At(1) == '?')
        {
            return ReadGroupOrFlags();
        }

        position++;
        stack.Open(++groups, flags);
        return true;
    }

    /// <summary><c>*</c>, <c>+</c>, <c>?</c> or <c>{2,3}</c>, each with <c>?</c> behind it for the lazy form.</summary>
    private bool ReadOperator(int operatorAt)
    {
        var start = position;
        var (min, max) = (0, 0);
        var counted = pattern[position] == '{' && TryReadBounds(out min, out max);
        position += counted ? 0 : 1;
        var own = flags;
        if (At(0) == '?')
        {
            position++;
            own ^= Re2Flags.NonGreedy;
        }

        if (operatorAt >= 0)
        {
            return Fail("bad repetition operator", pattern[operatorAt..position]);
        }

        var text = pattern[start..position];
        if (counted && ((max >= 0 && max < min) || min > MaxCopies || max > MaxCopies))
        {
            return Fail("invalid repetition size", text);
        }

        if (stack.Operand is null)
        {
            return Fail("no argument for repetition operator", text);
        }

        if (!counted)
        {
            stack.Repeat(
                text[0] switch
                {
                    '*' => Re2Op.Star,
                    '+' => Re2Op.Plus,
                    _ => Re2Op.Quest,
                },
                own
            );
            return true;
        }

        var copies = stack.Repeat(min, max, own);
        return (min < 2 && max < 2) || copies <= MaxCopies || Fail("invalid repetition size", text);
    }

    /// <summary><c>{2}</c>, <c>{2,}</c> or <c>{2,3}</c>. Anything else is no repetition but a brace that stands for itself.</summary>
    private bool TryReadBounds(out int min, out int max)
    {
        position++;
        max = 0;
        if (!TryReadInteger(out min))
        {
            return false;
        }

        max = min;
        if (At(0) == ',')
        {
            position++;
            max = -1;
            if (At(0) != '}' && !TryReadInteger(out max))
            {
                return false;
            }
        }

        return At(0) == '}' && position++ > 0;
    }

    /// <summary>Decimal digits without leading zeros, below a thousand million.</summary>
    private bool TryReadInteger(out int value)
    {
        value = 0;
        if (!char.IsAsciiDigit(At(0)) || (At(0) == '0' && char.IsAsciiDigit(At(1))))
        {
            return false;
        }

        for (; char.IsAsciiDigit(At(0)); position++)
        {
            if (value >= 100_000_000)
            {
                return false;
            }

            value = (value * 10) + At(0) - '0';
        }

        return true;
    }

    private static RuneSet AllButNewline()
    {
        var members = new RuneSet();
        _ = members.Add(0, '\n' - 1);
        _ = members.Add('\n' + 1, RuneSet.MaxRune);
        return members;
    }

    private bool Is(Re2Flags flag) => (flags & flag) != 0;

    /// <summary>The character so far ahead; NUL behind the end.</summary>
    private char At(int ahead) => position + ahead < pattern.Length ? pattern[position + ahead] : '\0';

    private bool AtEnd => position >= pattern.Length;

    private int ReadRune()
    {
        var rune = Rune.GetRuneAt(pattern, position);
        position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private bool HasLoneSurrogate()
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (char.IsSurrogate(pattern[i]) && !(i + 1 < pattern.Length && char.IsSurrogatePair(pattern[i], pattern[++i])))
            {
                return true;
            }
        }

        return false;
    }

    private bool Fail(string what, string argument = "")
    {
        error = argument.Length == 0 ? what : $"{what}: {argument}";
        return false;
    }
}
