namespace MeshSim.ProxyRuntime.Core;

/// <summary>What holds at a place in the text.</summary>
[Flags]
internal enum Re2Assertions
{
    None = 0,
    BeginLine = 1,
    EndLine = 2,
    BeginText = 4,
    EndText = 8,
    WordBoundary = 16,
    NoWordBoundary = 32,
}

/// <summary>What stands beside a place in the text, as far as assertions tell it apart.</summary>
internal enum Re2Context
{
    /// <summary>The begin or end of the text.</summary>
    Edge,
    Newline,

    /// <summary>A letter, digit or underscore of ASCII.</summary>
    Word,
    Other,
}

/// <summary>What follows from contexts.</summary>
internal static class Re2Contexts
{
    /// <summary>How many contexts there are.</summary>
    public const int Count = 4;

    public static Re2Context Of(int value) =>
        value == '\n' ? Re2Context.Newline
        : value < 0x80 && (char.IsAsciiLetterOrDigit((char)value) || value == '_') ? Re2Context.Word
        : Re2Context.Other;

    /// <summary>What holds between two contexts.</summary>
    public static Re2Assertions Between(Re2Context before, Re2Context after) =>
        (before == Re2Context.Edge ? Re2Assertions.BeginText : Re2Assertions.None)
        | (before is Re2Context.Edge or Re2Context.Newline ? Re2Assertions.BeginLine : Re2Assertions.None)
        | (after == Re2Context.Edge ? Re2Assertions.EndText : Re2Assertions.None)
        | (after is Re2Context.Edge or Re2Context.Newline ? Re2Assertions.EndLine : Re2Assertions.None)
        | (before == Re2Context.Word != (after == Re2Context.Word) ? Re2Assertions.WordBoundary : Re2Assertions.NoWordBoundary);
}
