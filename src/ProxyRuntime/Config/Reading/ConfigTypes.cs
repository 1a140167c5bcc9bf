using System.Text;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The message types a configuration may name in <c>@type</c>.</summary>
internal static class ConfigTypes
{
    private static readonly Lazy<SortedDictionary<string, MessageDescriptor>> All = new(Collect);
    private static readonly HashSet<string> Unread = ReadUnread();

    /// <summary>The types that are read here, sorted.</summary>
    public static IEnumerable<string> Names => All.Value.Keys;

    /// <summary>What stands behind the last slash of <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>.</summary>
    public static string NameOf(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('/') + 1)..];

    public static MessageDescriptor? Find(string name) => Named(name) ?? All.Value.GetValueOrDefault(name);

    /// <summary>True for the types of extensions that Envoy has and that are not read here (UnreadTypes.txt).</summary>
    public static bool IsKnownToEnvoy(string name) => Unread.Contains(name);

    /// <summary>The type as its class is called: without it every type there is would be made ready at start. Null where the class is called otherwise.</summary>
    private static MessageDescriptor? Named(string name)
    {
        if (!IsName(name))
        {
            return null; // What is no name of a class is nothing to ask for.
        }

        var type = typeof(ConfigTypes).Assembly.GetType(ClassOf(name));
        return type?.GetProperty("Descriptor")?.GetValue(null) is MessageDescriptor found && found.FullName == name ? found : null;
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && char.IsAsciiLetter(name[0])
        && name[^1] != '.'
        && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_');

    /// <summary><c>envoy.config.core.v3.Node</c> is <c>Envoy.Config.Core.V3.Node</c>.</summary>
    private static string ClassOf(string name)
    {
        var text = new StringBuilder(name.Length);
        var upper = true;
        foreach (var letter in name)
        {
            if (letter == '_')
            {
                upper = true;
                continue;
            }

            _ = text.Append(upper ? char.ToUpperInvariant(letter) : letter);
            upper = letter is '.' || char.IsAsciiDigit(letter);
        }

        return text.ToString();
    }

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
