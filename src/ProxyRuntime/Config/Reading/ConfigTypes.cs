using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The message types a configuration may name in <c>@type</c>.</summary>
internal static class ConfigTypes
{
    public const string UrlPrefix = "type.googleapis.com/";

    private static readonly Dictionary<string, MessageDescriptor> ByName = Collect();

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    /// <summary>The type behind a URL such as <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>.</summary>
    public static MessageDescriptor? Find(string typeUrl) => ByName.GetValueOrDefault(typeUrl[(typeUrl.LastIndexOf('/') + 1)..]);

    private static Dictionary<string, MessageDescriptor> Collect()
    {
        var types = new Dictionary<string, MessageDescriptor>(StringComparer.Ordinal);
        foreach (var file in ProtoFiles.All)
        {
            foreach (var message in file.MessageTypes)
            {
                types[message.FullName] = message;
            }
        }

        return types;
    }
}

/// <summary>The compiled .proto files of this assembly.</summary>
internal static class ProtoFiles
{
    public static readonly IReadOnlyList<FileDescriptor> All =
    [
        .. typeof(ProtoFiles)
            .Assembly.GetTypes()
            .Where(static type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .OrderBy(static file => file.Name, StringComparer.Ordinal),
    ];
}
