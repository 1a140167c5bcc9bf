using System.Collections.Immutable;
using Envoy.Config.Bootstrap.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads an Envoy v3 bootstrap as users write it, in YAML or JSON, or what a running Envoy or istioctl prints of its configuration.</summary>
/// <remarks>Four steps, and every problem of all of them is reported at once: document, fields and types, the rules of each field, the checks across resources.</remarks>
public static class BootstrapLoader
{
    /// <param name="text">The document; may be empty when there is an overlay.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="overlay">A second bootstrap merged over it as Envoy merges <c>--config-yaml</c>; null for none.</param>
    /// <param name="forConnections">Whoever runs it carries bytes: what is simulated under load alone is refused as not supported.</param>
    /// <param name="allowUnsupported">HTTP filters that are not supported let everything pass, with a warning each, instead of being refused.</param>
    /// <param name="environment">The files and variables it may refer to; null for none.</param>
    public static ConfigResult Load(
        string text,
        string file,
        ConfigOverlay? overlay = null,
        bool allowUnsupported = false,
        ConfigEnvironment? environment = null,
        bool forConnections = false
    )
    {
        // 1. The document.
        if (ReadDocument(text, file, overlay, out var problem) is not { } root)
        {
            return new ConfigResult(null, [problem!], []);
        }

        return Load(root, environment, allowUnsupported, forConnections);
    }

    /// <summary>Reads a bootstrap that is a part of a larger document.</summary>
    /// <param name="root">The bootstrap; problems have its places, and paths that begin there.</param>
    public static ConfigResult Load(ConfigNode root, ConfigEnvironment? environment = null, bool allowUnsupported = false, bool forConnections = false)
    {
        // 2. Its fields.
        var map = new SourceMap(environment, allowUnsupported);
        var bootstrap = ConfigDocument.Read(root, map);

        // 3. What each field demands.
        ConstraintTable.Check(map);

        // 4. What the resources demand of each other.
        CodeChecks.Check(map, bootstrap);
        var snapshot = SnapshotBuilder.Build(map, bootstrap, forConnections);
        if (forConnections)
        {
            foreach (var (cluster, field, what) in SpokenProtocols.Unspoken(snapshot))
            {
                map.Unsupported(bootstrap.StaticResources.Clusters[cluster], field, what);
            }
        }

        ModelledFields.WarnOfOthers(map);
        return new ConfigResult(map.Problems.Count == 0 ? snapshot : null, Sorted(map.Problems), Sorted(map.Warnings))
        {
            Listeners = snapshot.Lds is { } lds ? new ListenersFile(root, lds, environment, allowUnsupported) : null,
        };
    }

    /// <summary>The document with the overlay merged over it; null with a problem if one of them cannot be read.</summary>
    internal static ConfigNode? ReadDocument(string text, string file, ConfigOverlay? overlay, out ConfigProblem? problem)
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

        if (DocumentReader.Read(overlay.Text, overlay.Name, out problem) is not { } over)
        {
            return null;
        }

        if (Array.Find([root, over], static document => !ConfigDocument.IsBootstrap(document)) is { Place: var place })
        {
            const string Refusal = "--config-yaml is merged over a bootstrap and is one itself; what is dumped of a running proxy is accepted only alone";
            problem = new ConfigProblem(place.File, place.Line, place.Column, "", Refusal);
            return null;
        }

        return DocumentMerge.Merge(Bootstrap.Descriptor, root, over);
    }

    /// <summary>In the order of the documents.</summary>
    internal static ImmutableArray<ConfigProblem> Sorted(IEnumerable<ConfigProblem> problems) =>
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
