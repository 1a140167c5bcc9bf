using MeshSim.ProxyRuntime.Config;

namespace MeshSim.Scenarios.Model;

/// <summary>A value that the command line gives: <c>services.svc.workers=4</c>, <c>vars.rate=300/s</c>.</summary>
/// <param name="Path">Names and places in lists, with dots: <c>load[0].rate</c>, <c>services.svc.workers</c>.</param>
/// <param name="Value">YAML.</param>
public sealed record ScenarioSetting(string Path, string Value);

/// <summary>
/// A scenario file before it is read: included files are merged in, values of the command line set, variables put in their places, and
/// the short form <c>mesh</c> written out.
/// </summary>
internal static class ScenarioDocument
{
    private const int DeepestInclude = 10;

    public static ConfigNode Prepare(ConfigNode root, IEnumerable<ScenarioSetting> settings, ReadingContext context)
    {
        root = Include(root, context, depth: 0);
        foreach (var setting in settings)
        {
            root = SettingWriter.Set(root, setting, context.Problems);
        }

        return MeshExpansion.Expand(VariableSubstitution.Substitute(root, context.Problems), context);
    }

    /// <summary>What a file says goes before what those say that it includes; lists are joined, the included first.</summary>
    private static ConfigNode Include(ConfigNode root, ReadingContext context, int depth)
    {
        if (root is not ConfigMapping mapping || mapping.Entries.FirstOrDefault(static entry => entry.Key == "include") is not { } include)
        {
            return root;
        }

        ConfigNode own = new ConfigMapping(mapping.Place, [.. mapping.Entries.Where(static entry => entry.Key != "include")]);
        ConfigNode under = new ConfigMapping(mapping.Place, []);
        foreach (var file in include.Value is ConfigSequence list ? list.Items : [include.Value])
        {
            var name = (file as ConfigScalar)?.Text ?? "";
            if (depth >= DeepestInclude)
            {
                Problem(context, file.Place, $"'{name}': files include each other more than {DeepestInclude} deep");
            }
            else if (context.ReadFile(name) is not { } text)
            {
                Problem(context, file.Place, $"cannot read '{name}'");
            }
            else if (DocumentReader.Read(text, name, out var problem) is { } node)
            {
                under = Merge(under, Include(node, context, depth + 1));
            }
            else
            {
                context.Problems.Add(problem!);
            }
        }

        return Merge(under, own);
    }

    private static ConfigNode Merge(ConfigNode under, ConfigNode over) =>
        (under, over) switch
        {
            (ConfigSequence first, ConfigSequence second) => new ConfigSequence(second.Place, [.. first.Items, .. second.Items]),
            (ConfigMapping first, ConfigMapping second) => new ConfigMapping(
                second.Place,
                [.. first.Entries.Select(entry => Over(entry, second)), .. second.Entries.Where(entry => first.Entries.All(other => other.Key != entry.Key))]
            ),
            _ => over,
        };

    private static ConfigEntry Over(ConfigEntry entry, ConfigMapping over) =>
        over.Entries.FirstOrDefault(other => other.Key == entry.Key) is { } own ? own with { Value = Merge(entry.Value, own.Value) } : entry;

    private static void Problem(ReadingContext context, ConfigPlace place, string message) =>
        context.Problems.Add(new ConfigProblem(place.File, place.Line, place.Column, "include", message));
}
