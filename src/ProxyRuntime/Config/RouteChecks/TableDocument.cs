using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Route.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Finds route tables in a document: one by itself, those of a bootstrap or dump, those that istioctl or an RDS file list.</summary>
internal static class TableDocument
{
    /// <summary>The key of a discovery response, which is what RDS reads from a file.</summary>
    private const string ResourcesKey = "resources";

    /// <summary>True for documents that <see cref="BootstrapLoader"/> reads too.</summary>
    public static bool IsConfiguration(ConfigNode root) =>
        root is ConfigSequence list ? ResourceList.KindOf(list) != "routes" : !ConfigDocument.IsBootstrap(root) || HasBootstrapField(root);

    /// <summary>The tables; what could not be read is a problem in the map.</summary>
    /// <param name="bootstrap">What they stand in; an empty one for tables that stand by themselves.</param>
    public static IReadOnlyList<FoundTable> Read(ConfigNode root, SourceMap map, out Bootstrap bootstrap)
    {
        if (IsConfiguration(root))
        {
            bootstrap = ConfigDocument.Read(root, map);
            return [.. FoundTable.In(bootstrap, map)];
        }

        bootstrap = new Bootstrap();
        var reader = new ProtoReader(map);
        return
        [
            .. Alone(root)
                .Select(item =>
                {
                    var table = (RouteConfiguration)reader.ReadMessage(RouteConfiguration.Descriptor, WithoutType(item.Node), item.Path);

                    // There are no clusters to hold it against.
                    table.ValidateClusters = false;
                    return new FoundTable(table, "");
                }),
        ];
    }

    private static IEnumerable<(ConfigNode Node, ConfigPath Path)> Alone(ConfigNode root)
    {
        if (root is ConfigSequence list)
        {
            return list.Items.Select(static (item, i) => (item, ConfigPath.Root.Item(i)));
        }

        return root is ConfigMapping mapping && mapping.Entries.FirstOrDefault(static entry => entry.Key == ResourcesKey)?.Value is ConfigSequence resources
            ? resources.Items.Select(static (item, i) => (item, ConfigPath.Root.Field(ResourcesKey).Item(i)))
            : [(root, ConfigPath.Root)];
    }

    private static bool HasBootstrapField(ConfigNode root) =>
        root is ConfigMapping mapping
        && mapping.Entries.Any(static entry =>
            FieldNames.Find(Bootstrap.Descriptor, entry.Key) is not null && FieldNames.Find(RouteConfiguration.Descriptor, entry.Key) is null
        );

    private static ConfigNode WithoutType(ConfigNode node) =>
        node is ConfigMapping mapping
        && mapping.Entries.FirstOrDefault(static entry => entry.Key == "@type") is { Value: ConfigScalar { Text: var type } } entry
        && ConfigTypes.NameOf(type) == RouteConfiguration.Descriptor.FullName
            ? new ConfigMapping(mapping.Place, [.. mapping.Entries.Where(other => other != entry)])
            : node;
}
