using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The bootstrap in a dump: as the user wrote it, with the node completed by Envoy.</summary>
internal sealed class DumpedBootstrap(SourceMap map, DumpContents contents)
{
    /// <summary>What Envoy says of itself in <c>node</c>; nobody configured it.</summary>
    private static readonly string[] OfEnvoyItself = ["user_agent_name", "user_agent_version", "user_agent_build_version", "extensions"];

    /// <summary>The bootstrap without what other sections hold as it runs.</summary>
    /// <param name="sections">The sections of the dump.</param>
    /// <param name="start">Where the dump starts.</param>
    public Bootstrap Read(DumpSections sections, ConfigPlace start)
    {
        var dumps = sections.Unread(BootstrapConfigDump.Descriptor).ToArray();
        foreach (var another in dumps.Skip(1))
        {
            var (node, path) = contents.SourceOf(another);
            map.Problem(node.Place, path, $"{BootstrapConfigDump.Descriptor.Name} stands here twice");
        }

        return (dumps.Length == 0 ? null : ReadSection(dumps[0], sections)) ?? Empty(start);
    }

    /// <summary>A bootstrap that is all there is of a dump; discovery is then as in any bootstrap.</summary>
    public Bootstrap ReadAlone(ConfigMapping root)
    {
        var dump = (BootstrapConfigDump)contents.Reader.ReadMessage(BootstrapConfigDump.Descriptor, WithoutOwn(root), ConfigPath.Root);
        return dump.Bootstrap ?? Empty(root.Place);
    }

    /// <summary>Its static resources, made if it has none.</summary>
    public static Bootstrap.Types.StaticResources ResourcesOf(SourceMap map, Bootstrap bootstrap)
    {
        if (bootstrap.StaticResources is { } known)
        {
            return known;
        }

        var resources = new Bootstrap.Types.StaticResources();
        var (place, path) = map.Of(bootstrap).At("static_resources");
        _ = map.Add(resources, path, place);
        bootstrap.StaticResources = resources;
        return resources;
    }

    private Bootstrap? ReadSection(Any dump, DumpSections sections)
    {
        var (node, path) = contents.SourceOf(dump);
        var edited = WithoutOwn(node);
        edited = Superseded(edited, sections.Has(ClustersConfigDump.Descriptor), "clusters");
        edited = Superseded(edited, sections.Has(ListenersConfigDump.Descriptor), "listeners");
        edited = DocumentCut.Without(edited, ["bootstrap", "dynamic_resources"], out var dynamic);
        if (dynamic is not null)
        {
            map.Warn(
                dynamic.Value.Place,
                path.Field("bootstrap").Field("dynamic_resources"),
                "'dynamic_resources' are not followed: what they brought is taken from the dump"
            );
        }

        return contents.Read<BootstrapConfigDump>(dump, edited)!.Bootstrap;
    }

    private Bootstrap Empty(ConfigPlace place)
    {
        var bootstrap = new Bootstrap();
        _ = map.Add(bootstrap, ConfigPath.Root, place);
        return bootstrap;
    }

    private static ConfigMapping WithoutOwn(ConfigMapping dump)
    {
        foreach (var field in OfEnvoyItself)
        {
            dump = DocumentCut.Without(dump, ["bootstrap", "node", field], out _);
        }

        return dump;
    }

    private static ConfigMapping Superseded(ConfigMapping dump, bool hasSection, string field) =>
        hasSection ? DocumentCut.Without(dump, ["bootstrap", "static_resources", field], out _) : dump;
}
