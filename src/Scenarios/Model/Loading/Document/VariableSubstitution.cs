using System.Text;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>
/// Puts the values of <c>vars</c> where <c>${name}</c> stands: a value that is nothing else becomes what the variable is, else its text.
/// <c>$${</c> stands for <c>${</c>. A file without <c>vars</c> is left as it is.
/// </summary>
internal static class VariableSubstitution
{
    public static ConfigNode Substitute(ConfigNode root, List<ConfigProblem> problems)
    {
        if (root is not ConfigMapping mapping || mapping.Entries.FirstOrDefault(static entry => entry.Key == "vars")?.Value is not ConfigMapping variables)
        {
            return root;
        }

        var values = variables.Entries.ToDictionary(static entry => entry.Key, static entry => entry.Value, StringComparer.Ordinal);
        return Replace(new ConfigMapping(mapping.Place, [.. mapping.Entries.Where(static entry => entry.Key != "vars")]), values, problems);
    }

    private static ConfigNode Replace(ConfigNode node, Dictionary<string, ConfigNode> values, List<ConfigProblem> problems) =>
        node switch
        {
            ConfigMapping mapping => new ConfigMapping(
                mapping.Place,
                [.. mapping.Entries.Select(entry => entry with { Value = Replace(entry.Value, values, problems) })]
            ),
            ConfigSequence list => new ConfigSequence(list.Place, [.. list.Items.Select(item => Replace(item, values, problems))]),
            ConfigScalar scalar when scalar.Text.Contains("${", StringComparison.Ordinal) => Replace(scalar, values, problems),
            _ => node,
        };

    private static ConfigNode Replace(ConfigScalar scalar, Dictionary<string, ConfigNode> values, List<ConfigProblem> problems)
    {
        if (scalar.Text.StartsWith("${", StringComparison.Ordinal) && scalar.Text.IndexOf('}') == scalar.Text.Length - 1)
        {
            return Find(scalar, scalar.Text[2..^1], values, problems) switch
            {
                ConfigScalar value => new ConfigScalar(scalar.Place, value.Scalar, value.Text),
                { } value => value,
                null => scalar,
            };
        }

        var text = new StringBuilder();
        for (var at = 0; at < scalar.Text.Length; )
        {
            var begin = scalar.Text.IndexOf("${", at, StringComparison.Ordinal);
            var end = begin < 0 ? -1 : scalar.Text.IndexOf('}', begin);
            if (end < 0)
            {
                _ = text.Append(scalar.Text, at, scalar.Text.Length - at);
                break;
            }

            if (begin > at && scalar.Text[begin - 1] == '$')
            {
                _ = text.Append(scalar.Text, at, begin - 1 - at).Append("${");
                at = begin + 2;
                continue;
            }

            var value = Find(scalar, scalar.Text[(begin + 2)..end], values, problems) as ConfigScalar;
            _ = text.Append(scalar.Text, at, begin - at).Append(value?.Text);
            at = end + 1;
        }

        return new ConfigScalar(scalar.Place, ScalarKind.Text, text.ToString());
    }

    private static ConfigNode? Find(ConfigScalar scalar, string name, Dictionary<string, ConfigNode> values, List<ConfigProblem> problems)
    {
        if (values.TryGetValue(name, out var value))
        {
            return value;
        }

        var place = scalar.Place;
        problems.Add(new ConfigProblem(place.File, place.Line, place.Column, "vars", $"unknown variable '{name}'{NearestWord.Suggest(name, values.Keys)}"));
        return null;
    }
}
