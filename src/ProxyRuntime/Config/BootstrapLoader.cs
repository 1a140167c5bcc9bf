using System.Collections.Immutable;
using Envoy.Config.Bootstrap.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads an Envoy v3 bootstrap as users write it, in YAML or JSON.</summary>
/// <remarks>Four steps, and every problem of all of them is reported at once: document, fields and types, the rules of each field, the checks across resources.</remarks>
public static class BootstrapLoader
{
    /// <param name="text">The document; may be empty when there is an overlay.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="overlay">A second document merged over it as Envoy merges <c>--config-yaml</c>; null for none.</param>
    public static ConfigResult Load(string text, string file, ConfigOverlay? overlay = null)
    {
        // 1. The document.
        if (ReadDocument(text, file, overlay, out var problem) is not { } root)
        {
            return new ConfigResult(null, [problem!], []);
        }

        // 2. Its fields.
        var map = new SourceMap();
        var bootstrap = (Bootstrap)new ProtoReader(map).ReadMessage(Bootstrap.Descriptor, root, ConfigPath.Root);

        // 3. What each field demands.
        ConstraintTable.Check(map);

        // 4. What the resources demand of each other.
        CodeChecks.Check(map, bootstrap);
        var snapshot = SnapshotBuilder.Build(map, bootstrap);
        ModelledFields.WarnOfOthers(map);
        return new ConfigResult(map.Problems.Count == 0 ? snapshot : null, Sorted(map.Problems), Sorted(map.Warnings));
    }

    private static ConfigNode? ReadDocument(string text, string file, ConfigOverlay? overlay, out ConfigProblem? problem)
    {
        problem = null;
        if (overlay is null && string.IsNullOrWhiteSpace(text))
        {
            problem = new ConfigProblem(file, 1, 1, "", "the configuration is empty; accepted is an object, {} at least");
            return null;
        }

        var root = DocumentReader.Read(text, file, out problem);
        if (root is null || overlay is null)
        {
            return root;
        }

        return DocumentReader.Read(overlay.Text, overlay.Name, out problem) is { } over ? DocumentMerge.Merge(Bootstrap.Descriptor, root, over) : null;
    }

    private static ImmutableArray<ConfigProblem> Sorted(IEnumerable<ConfigProblem> problems) =>
        [
            .. problems
                .OrderBy(static problem => problem.File, StringComparer.Ordinal)
                .ThenBy(static problem => problem.Line)
                .ThenBy(static problem => problem.Column)
                .ThenBy(static problem => problem.Path, StringComparer.Ordinal)
                .ThenBy(static problem => problem.Message, StringComparer.Ordinal),
        ];
}

/// <summary>The document given with <c>--config-yaml</c>.</summary>
public sealed record ConfigOverlay(string Text, string Name = "--config-yaml");
