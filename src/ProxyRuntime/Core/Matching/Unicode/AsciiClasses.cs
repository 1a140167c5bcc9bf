namespace MeshSim.ProxyRuntime.Core;

/// <summary>The classes of Perl and POSIX, ASCII only.</summary>
internal static class AsciiClasses
{
    /// <summary>The members of <c>\d</c>, <c>\s</c> or <c>\w</c> by the lower-case letter; null for others.</summary>
    public static RuneRange[]? Perl(char letter) =>
        letter switch
        {
            'd' => [Digits],
            // Without the vertical tab, which [:space:] has.
            's' => [new('\t', '\n'), new('\f', '\r'), new(' ', ' ')],
            'w' => Word,
            _ => null,
        };

    /// <summary>The members of <c>[:name:]</c>; null if there is no such class.</summary>
    public static RuneRange[]? Posix(string name) =>
        name switch
        {
            "alnum" => [Digits, Upper, Lower],
            "alpha" => [Upper, Lower],
            "ascii" => [new(0, 0x7F)],
            "blank" => [new('\t', '\t'), new(' ', ' ')],
            "cntrl" => [new(0, 0x1F), new(0x7F, 0x7F)],
            "digit" => [Digits],
            "graph" => [new('!', '~')],
            "lower" => [Lower],
            "print" => [new(' ', '~')],
            "punct" => [new('!', '/'), new(':', '@'), new('[', '`'), new('{', '~')],
            "space" => [new('\t', '\r'), new(' ', ' ')],
            "upper" => [Upper],
            "word" => Word,
            "xdigit" => [Digits, new('A', 'F'), new('a', 'f')],
            _ => null,
        };

    private static readonly RuneRange Digits = new('0', '9');
    private static readonly RuneRange Upper = new('A', 'Z');
    private static readonly RuneRange Lower = new('a', 'z');
    private static readonly RuneRange[] Word = [Digits, Upper, new('_', '_'), Lower];
}
