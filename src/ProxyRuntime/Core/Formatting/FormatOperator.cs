namespace MeshSim.ProxyRuntime.Core;

/// <summary>What an operator may carry besides its name. Nothing, unless it says so.</summary>
[Flags]
internal enum FormatSyntax : byte
{
    NameOnly = 0,
    ParametersRequired = 1,
    ParametersOptional = 2,
    LengthAllowed = 4,
}

/// <summary>An operator as it was written: <c>%NAME(parameters):length%</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">What stands in parentheses; empty for nothing.</param>
/// <param name="Length">At most so many bytes; null for no limit.</param>
/// <param name="Options">How the format is compiled.</param>
internal readonly record struct FormatArguments(string Name, string Parameters, int? Length, FormatOptions Options)
{
    public int MaxLength => Length ?? int.MaxValue;
}

/// <summary>Makes the segment of an operator; null with what is wrong.</summary>
internal delegate FormatSegment? FormatOperatorFactory(in FormatArguments arguments, out string? error);

/// <summary>One command operator.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Syntax">What it may carry.</param>
/// <param name="Create">How its segment is made; null for an operator of Envoy that is not there yet.</param>
internal sealed record FormatOperator(string Name, FormatSyntax Syntax, FormatOperatorFactory? Create)
{
    public static FormatOperator Number(string name, Func<StreamInfo, long> read) => Fixed(name, new NumberSegment(read));

    public static FormatOperator Text(string name, Func<StreamInfo, string?> read) => Fixed(name, new TextSegment(read));

    public static FormatOperator Bytes(string name, BytesReader read) => Fixed(name, new BytesSegment(read, int.MaxValue));

    /// <summary>An operator without parameters, whose segment is always the same.</summary>
    public static FormatOperator Fixed(string name, FormatSegment segment) => Of(name, FormatSyntax.NameOnly, _ => segment);

    /// <summary>An operator that takes any parameters.</summary>
    public static FormatOperator Of(string name, FormatSyntax syntax, Func<FormatArguments, FormatSegment> create) =>
        new(
            name,
            syntax,
            (in arguments, out error) =>
            {
                error = null;
                return create(arguments);
            }
        );

    /// <summary>Makes the segment, if what was written beside the name is allowed.</summary>
    public FormatSegment? TryCreate(in FormatArguments arguments, out string? error)
    {
        error = Syntax switch
        {
            FormatSyntax.NameOnly when arguments.Parameters.Length > 0 || arguments.Length is not null => $"{Name} does not take any parameters or length",
            _ when Syntax.HasFlag(FormatSyntax.ParametersRequired) && arguments.Parameters.Length == 0 => $"{Name} requires parameters",
            _ when !Syntax.HasFlag(FormatSyntax.LengthAllowed) && arguments.Length is not null => $"{Name} does not allow length to be specified.",
            _ => null,
        };
        return error is null ? Create!(arguments, out error) : null;
    }
}
