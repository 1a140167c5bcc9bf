using System.Text;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The message types a configuration may name in <c>@type</c>.</summary>
internal static class ConfigTypes
{
    private static readonly SortedDictionary<string, MessageDescriptor> ByName = Collect();
    private static readonly HashSet<string> Unread = ReadUnread();

    /// <summary>The types that are read here, sorted.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>What stands behind the last slash of <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>.</summary>
    public static string NameOf(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('/') + 1)..];

    public static MessageDescriptor? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>True for the types of extensions that Envoy has and that are not read here (UnreadTypes.txt).</summary>
    public static bool IsKnownToEnvoy(string name) => Unread.Contains(name);

    private static SortedDictionary<string, MessageDescriptor> Collect()
    {
        var types = new SortedDictionary<string, MessageDescriptor>(StringComparer.Ordinal);
        var files = typeof(ConfigTypes)
            .Assembly.GetTypes()
            .Where(static type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>();
        foreach (var message in files.SelectMany(static file => file.MessageTypes))
        {
            types[message.FullName] = message;
        }

        return types;
    }

    private static HashSet<string> ReadUnread()
    {
        using var reader = new StreamReader(typeof(ConfigTypes).Assembly.GetManifestResourceStream("UnreadTypes.txt")!, Encoding.UTF8);
        var types = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                _ = types.Add(line);
            }
        }

        return types;
    }
}
