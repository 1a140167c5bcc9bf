using Envoy.Config.Bootstrap.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Tells apart the documents that hold a configuration, and reads each as a bootstrap.</summary>
internal static class ConfigDocument
{
    /// <summary>The key of a dump, <c>{"configs": […]}</c>: <c>/config_dump</c> of a running Envoy, or <c>istioctl proxy-config all -o json</c>, which prints the same.</summary>
    private const string DumpKey = "configs";

    /// <summary>The key of a bootstrap as dumped, <c>{"bootstrap": {…}}</c>: <c>istioctl proxy-config bootstrap -o json</c>.</summary>
    private const string DumpedBootstrapKey = "bootstrap";

    /// <summary>A bootstrap has neither key. What is no object at all counts as a bootstrap, and is refused as one.</summary>
    public static bool IsBootstrap(ConfigNode root) => root is not ConfigSequence && !Has(root, DumpKey) && !Has(root, DumpedBootstrapKey);

    /// <summary>Always returns a bootstrap; what did not fit is a problem in the map.</summary>
    public static Bootstrap Read(ConfigNode root, SourceMap map) =>
        root switch
        {
            ConfigMapping dump when Has(dump, DumpKey) => new DumpReader(map).Read(dump),
            ConfigMapping dump when Has(dump, DumpedBootstrapKey) => new DumpReader(map).ReadBootstrap(dump),
            ConfigSequence list => new ResourceList(map).Read(list),
            _ => (Bootstrap)new ProtoReader(map).ReadMessage(Bootstrap.Descriptor, root, ConfigPath.Root),
        };

    private static bool Has(ConfigNode root, string key) => root is ConfigMapping mapping && mapping.Entries.Any(entry => entry.Key == key);
}
