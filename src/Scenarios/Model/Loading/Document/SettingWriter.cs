using System.Globalization;
using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>Sets one value in a document, as the command line asks for it.</summary>
internal static class SettingWriter
{
    public static ConfigNode Set(ConfigNode root, ScenarioSetting setting, List<ConfigProblem> problems)
    {
        if (DocumentReader.Read(setting.Value, "--set", out var problem) is not { } value)
        {
            problems.Add(problem!);
            return root;
        }

        string[] steps =
        [
            .. setting
                .Path.Replace("[", ".", StringComparison.Ordinal)
                .Replace("]", "", StringComparison.Ordinal)
                .Split('.', StringSplitOptions.RemoveEmptyEntries),
        ];
        try
        {
            return steps.Length == 0 ? throw new FormatException("a path is needed, for example load[0].rate=300/s") : Set(root, steps, value);
        }
        catch (FormatException e)
        {
            problems.Add(new ConfigProblem("--set", 1, 1, setting.Path, e.Message));
            return root;
        }
    }

    private static ConfigNode Set(ConfigNode node, ReadOnlySpan<string> steps, ConfigNode value)
    {
        if (steps.IsEmpty)
        {
            return value;
        }

        var step = steps[0];
        if (node is ConfigSequence list)
        {
            var index = Index(list, step);
            ConfigNode[] items = [.. list.Items];
            items[index] = Set(items[index], steps[1..], value);
            return new ConfigSequence(list.Place, items);
        }

        if (node is not ConfigMapping mapping)
        {
            throw new FormatException($"there is nothing below which '{step}' could be: it is {node.Kind}");
        }

        ConfigEntry[] entries = [.. mapping.Entries];
        var found = Array.FindIndex(entries, entry => entry.Key == step);
        if (found < 0)
        {
            var inner = steps.Length == 1 ? value : Set(new ConfigMapping(value.Place, []), steps[1..], value);
            return new ConfigMapping(mapping.Place, [.. entries, new ConfigEntry(step, value.Place, inner)]);
        }

        entries[found] = entries[found] with { Value = Set(entries[found].Value, steps[1..], value) };
        return new ConfigMapping(mapping.Place, entries);
    }

    /// <summary>A place from 0, or the name of what is there.</summary>
    private static int Index(ConfigSequence list, string step)
    {
        if (int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count)
        {
            return index;
        }

        string[] names = [.. list.Items.Select(Name)];
        return Array.IndexOf(names, step) is var found and >= 0
            ? found
            : throw new FormatException($"the list has no '{step}'{NearestWord.Suggest(step, names)}; accepted are 0 to {list.Items.Count - 1} and names");
    }

    private static string Name(ConfigNode item) =>
        item is ConfigMapping mapping && mapping.Entries.FirstOrDefault(static entry => entry.Key == "name")?.Value is ConfigScalar name ? name.Text : "";
}
