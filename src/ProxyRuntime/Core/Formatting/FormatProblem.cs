using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What is wrong with a format.</summary>
/// <param name="Message">In Envoy's words, where Envoy has any.</param>
/// <param name="Kind">Whether the writer of the format or this program is to blame.</param>
/// <param name="Operator">The operator it is about; empty if about none.</param>
public sealed record FormatProblem(string Message, FormatProblemKind Kind = FormatProblemKind.Invalid, string Operator = "")
{
    /// <summary>In a JSON format, the names and numbers that lead to the text with the mistake.</summary>
    public ImmutableArray<FormatPathSegment> Path { get; init; } = [];
}

public enum FormatProblemKind : byte
{
    /// <summary>Envoy refuses it too.</summary>
    Invalid,

    /// <summary>Envoy has no such operator.</summary>
    UnknownOperator,

    /// <summary>Envoy has the operator; this program has not.</summary>
    Unsupported,
}

/// <summary>One step into a JSON format: a field by name, or an item by number (its name is null then).</summary>
public readonly record struct FormatPathSegment(string? Field, int Item);
