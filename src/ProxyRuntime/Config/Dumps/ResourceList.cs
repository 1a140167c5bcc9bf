using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>A list of clusters, or of listeners, as <c>istioctl proxy-config clusters -o json</c> prints it.</summary>
/// <remarks>Its items do not say what they are: it goes by the fields that only one kind of them has.</remarks>
internal sealed class ResourceList(SourceMap map)
{
    private const string Accepted =
        "accepted: an Envoy bootstrap, a /config_dump or istioctl proxy-config all -o json, or a list of clusters or of listeners as istioctl proxy-config prints it";

    private static readonly (string Name, MessageDescriptor Type)[] Kinds =
    [
        ("clusters", Cluster.Descriptor),
        ("listeners", Listener.Descriptor),
        ("routes", RouteConfiguration.Descriptor),
        ("endpoints", ClusterLoadAssignment.Descriptor),
    ];

    /// <summary>A bootstrap with the resources of the list; an empty one, with a problem, if they are not certain or not enough.</summary>
    public Bootstrap Read(ConfigSequence list)
    {
        var bootstrap = new Bootstrap();
        _ = map.Add(bootstrap, ConfigPath.Root, list.Place);
        var resources = DumpedBootstrap.ResourcesOf(map, bootstrap);
        var contents = new DumpContents(map);
        switch (KindOf(list))
        {
            case "clusters":
                resources.Clusters.Add(Items<Cluster>(list, contents));
                break;
            case "listeners":
                resources.Listeners.Add(Items<Listener>(list, contents));
                break;
            case { } kind:
                map.Problem(list.Place, ConfigPath.Root, $"a list of {kind} alone is no configuration: nothing refers to them; {WholeDump.Advice}");
                return bootstrap;
            default:
                map.Problem(list.Place, ConfigPath.Root, $"expected an object, found a list of which it is not certain what it holds; {Accepted}");
                return bootstrap;
        }

        var notes = new DumpNotes(map);
        new DumpedEndpoints(map, contents, notes, null).Resolve(resources.Clusters);
        new DumpedRoutes(map, contents, notes, []).Resolve();
        RedactedFields.Check(map);
        return bootstrap;
    }

    private static IEnumerable<T> Items<T>(ConfigSequence list, DumpContents contents)
        where T : Google.Protobuf.IMessage, new()
    {
        var type = new T().Descriptor;
        return list.Items.Select((item, i) => (T)contents.Reader.ReadMessage(type, item, ConfigPath.Root.Item(i)));
    }

    /// <summary>What a list holds: <c>clusters</c>, <c>listeners</c>, <c>routes</c> or <c>endpoints</c>. Null if no field tells, or fields of several kinds stand there.</summary>
    internal static string? KindOf(ConfigSequence list)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (var key in list.Items.OfType<ConfigMapping>().SelectMany(static item => item.Entries).Select(static entry => entry.Key))
        {
            var kinds = Kinds.Where(kind => FieldNames.Find(kind.Type, key) is not null).ToArray();
            if (kinds.Length == 1)
            {
                _ = told.Add(kinds[0].Name);
            }
        }

        return told.Count == 1 ? told.Single() : null;
    }
}
