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
        var root = DocumentReader.Read(text, file, out var problem);
        if (root is not null && overlay is not null)
        {
            var over = DocumentReader.Read(overlay.Text, overlay.Name, out problem);
            root = over is null ? null : DocumentMerge.Merge(root, over);
        }

        if (root is null)
        {
            return new ConfigResult(null, [problem!], []);
        }

        // 2. Its fields.
        var map = new SourceMap();
        var bootstrap = (Bootstrap)new ProtoReader(map).ReadMessage(Bootstrap.Descriptor, root, "");

        // 3. What each field demands.
        ConstraintTable.Check(map);

        // 4. What the resources demand of each other.
        var snapshot = SnapshotBuilder.Build(map, bootstrap);
        ModelledFields.WarnOfOthers(map);
        var problems = map.Problems.Distinct().OrderBy(static p => p.File, StringComparer.Ordinal).ThenBy(static p => p.Line).ThenBy(static p => p.Column);
        return new ConfigResult(map.Problems.Count == 0 ? snapshot : null, [.. problems], [.. map.Warnings.Distinct()]);
    }
}

/// <summary>The document given with <c>--config-yaml</c>.</summary>
public sealed record ConfigOverlay(string Text, string Name = "--config-yaml");
