using Envoy.Admin.V3;
using Envoy.Config.Bootstrap.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Reads a dump as the bootstrap of a proxy that runs the same: what discovery brought stands in it as if it had been written there.</summary>
/// <remarks>Messages are moved, never copied, so that each is still known by its place in the dump.</remarks>
internal sealed class DumpReader(SourceMap map)
{
    private readonly DumpContents contents = new(map);

    /// <param name="root"><c>{"configs": […]}</c></param>
    public Bootstrap Read(ConfigMapping root)
    {
        var dump = (ConfigDump)contents.Reader.ReadMessage(ConfigDump.Descriptor, root, ConfigPath.Root);
        var sections = new DumpSections(map, contents, dump);
        var bootstrap = new DumpedBootstrap(map, contents).Read(sections, root.Place);
        var resources = DumpedBootstrap.ResourcesOf(map, bootstrap);
        var notes = new DumpNotes(map);
        resources.Clusters.Add(new DumpedClusters(contents, notes).Running(sections.All<ClustersConfigDump>()));
        resources.Listeners.Add(new DumpedListeners(map, contents, notes).Running(sections.All<ListenersConfigDump>()));
        foreach (var scoped in sections.All<ScopedRoutesConfigDump>())
        {
            notes.NotRead(scoped, "scoped routes");
        }

        foreach (var filters in sections.All<EcdsConfigDump>())
        {
            notes.NotRead(filters, "filters found by ECDS");
        }

        new DumpedEndpoints(map, contents, notes, sections).Resolve(resources.Clusters);
        new DumpedRoutes(map, contents, notes, sections.All<RoutesConfigDump>()).Resolve();
        new DumpedSecrets(map, contents, notes, sections.All<SecretsConfigDump>()).Resolve();
        RedactedFields.Check(map);
        return bootstrap;
    }

    /// <param name="root"><c>{"bootstrap": {…}}</c></param>
    public Bootstrap ReadBootstrap(ConfigMapping root)
    {
        var bootstrap = new DumpedBootstrap(map, contents).ReadAlone(root);
        RedactedFields.Check(map);
        return bootstrap;
    }
}
