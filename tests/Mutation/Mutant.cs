namespace MeshSim.Mutation;

/// <summary>One change of the source that a test should notice.</summary>
/// <param name="Id">Its place in the order of files and, within a file, of the source; from 1.</param>
/// <param name="File">Below the folder of the project, with slashes.</param>
/// <param name="Line">Of the unchanged source, from 1.</param>
/// <param name="Operator">Which kind of change.</param>
/// <param name="Before">The source, on one line.</param>
/// <param name="After">What it becomes.</param>
internal sealed record Mutant(int Id, string File, int Line, MutationOperator Operator, string Before, string After)
{
    public string Folder => File.Contains('/') ? File[..File.IndexOf('/')] : ".";

    /// <summary>How a mutant is known from one run to the next: lines move, texts seldom do.</summary>
    public string Key => $"{File}|{Before}|{After}";
}

internal enum MutationOperator
{
    /// <summary>A condition holds when it did not.</summary>
    Negate,

    /// <summary><c>&lt;</c> becomes <c>&lt;=</c>, and so on.</summary>
    Boundary,

    /// <summary><c>==</c> becomes <c>!=</c>.</summary>
    Equality,

    /// <summary><c>&amp;&amp;</c> becomes <c>||</c>.</summary>
    Logic,

    /// <summary><c>+</c> becomes <c>-</c>, <c>*</c> becomes <c>/</c>, <c>%</c> becomes <c>*</c>.</summary>
    Arithmetic,

    /// <summary>A statement does nothing.</summary>
    Delete,

    /// <summary>A constant is returned: false, true, zero, the empty text, null.</summary>
    Return,
}

/// <summary>What became of a mutant.</summary>
internal enum Verdict
{
    /// <summary>A test failed.</summary>
    Killed,

    /// <summary>The tests did not end, or the process died.</summary>
    Timeout,

    /// <summary>All tests that reach it pass.</summary>
    Survived,

    /// <summary>No test reaches it.</summary>
    NoCoverage,
}
