namespace MeshSim.ProxyRuntime.Core;

/// <summary>All command operators of Envoy by name.</summary>
internal static class FormatOperators
{
    private const string ReqWithoutQuery = "REQ_WITHOUT_QUERY";

    private static readonly SortedDictionary<string, FormatOperator> ByName = Build();

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. ByName.Keys];

    /// <summary>The segment of an operator, or null with what is wrong.</summary>
    public static FormatSegment? Create(in FormatArguments arguments, out FormatProblem? problem)
    {
        problem = null;
        var name = arguments.Name;
        if (!ByName.TryGetValue(name, out var found) || (name == ReqWithoutQuery && !arguments.Options.ReqWithoutQuery))
        {
            problem = new FormatProblem($"Not supported field in StreamInfo: {name}", FormatProblemKind.UnknownOperator, name);
            return null;
        }

        if (found.Create is null)
        {
            problem = new FormatProblem($"operator %{name}% is not supported yet", FormatProblemKind.Unsupported, name);
            return null;
        }

        var segment = found.TryCreate(arguments, out var error);
        problem = segment is null ? new FormatProblem(error!, FormatProblemKind.Invalid, name) : null;
        return segment;
    }

    private static SortedDictionary<string, FormatOperator> Build()
    {
        var operators = new SortedDictionary<string, FormatOperator>(StringComparer.Ordinal);
        ReadOnlySpan<FormatOperator[]> groups =
        [
            HeaderOperators.All,
            RequestOperators.All,
            StreamOperators.All,
            AddressOperators.All,
            UpstreamOperators.All,
            TimeOperators.All,
            MetadataOperators.All,
            TlsOperators.All,
            MachineOperators.All,
        ];
        foreach (var group in groups)
        {
            foreach (var known in group)
            {
                operators.Add(known.Name, known);
            }
        }

        // Those need an engine of expressions, files that are watched, or secrets.
        foreach (var name in (ReadOnlySpan<string>)["CEL", "TYPED_CEL", "FILE_CONTENT", "SECRET"])
        {
            operators.Add(name, new FormatOperator(name, FormatSyntax.ParametersOptional | FormatSyntax.LengthAllowed, Create: null));
        }

        return operators;
    }
}
