using System.Globalization;
using System.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What is said of a format that cannot be used.</summary>
internal static class FormatCheck
{
    /// <summary>What is wrong with a text that Envoy refuses too; null if Envoy takes it.</summary>
    public static string? Refusal(string text)
    {
        _ = SubstitutionFormat.TryParse(Encoding.UTF8.GetBytes(text), FormatOptions.Default, out var problem);
        return problem is null or { Kind: FormatProblemKind.Unsupported } ? null : Text(problem);
    }

    /// <summary>The problem with its place in a JSON format and, for an operator nobody knows, the one that may have been meant.</summary>
    public static string Text(FormatProblem problem)
    {
        var suggestion = problem.Kind == FormatProblemKind.UnknownOperator ? NearestWord.Suggest(problem.Operator, SubstitutionFormat.OperatorNames) : "";
        return Place(problem) + problem.Message + suggestion;
    }

    private static string Place(FormatProblem problem)
    {
        if (problem.Path.IsDefaultOrEmpty)
        {
            return "";
        }

        var place = new StringBuilder();
        foreach (var segment in problem.Path)
        {
            _ = segment.Field is { } field
                ? place.Append(place.Length > 0 ? "." : "").Append(field)
                : place.Append(CultureInfo.InvariantCulture, $"[{segment.Item}]");
        }

        return place.Append(": ").ToString();
    }
}
