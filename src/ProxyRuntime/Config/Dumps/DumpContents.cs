using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What the messages of a dump hold. It stays unread until somebody asks for it: not all of a dump is part of what runs.</summary>
internal sealed class DumpContents
{
    /// <summary>The package of the messages that stand around those of a configuration.</summary>
    public const string Package = "envoy.admin.v3";

    private readonly SourceMap map;
    private readonly Dictionary<Any, (ConfigMapping Node, ConfigPath Path)> kept = new(ReferenceEqualityComparer.Instance);

    public DumpContents(SourceMap map)
    {
        this.map = map;
        Reader = new ProtoReader(map, this);
    }

    /// <summary>Reads messages and keeps what those of a dump hold.</summary>
    public ProtoReader Reader { get; }

    /// <summary>True for the Any fields of a dump's own messages.</summary>
    public static bool IsFor(FieldDescriptor field) => field.ContainingType.File.Package == Package && field.MessageType.FullName == Any.Descriptor.FullName;

    /// <summary>An Any with its type and nothing else; null, with a problem, for what is none.</summary>
    public Any? Keep(ConfigNode node, ConfigPath path)
    {
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with @type, found {node.Kind}");
            return null;
        }

        var any = new Any { TypeUrl = TypeEntry(mapping)?.Value is ConfigScalar { Scalar: ScalarKind.Text } url ? url.Text : "" };
        _ = map.Add(any, path, node.Place);
        kept[any] = (mapping, path);
        return any;
    }

    public (ConfigMapping Node, ConfigPath Path) SourceOf(Any any) => kept[any];

    /// <summary>A text in an unread message; empty if there is none.</summary>
    public string TextOf(Any? any, string field) =>
        any is not null
        && kept[any].Node.Entries.FirstOrDefault(entry => FieldNames.Same(entry.Key, field))?.Value is ConfigScalar { Scalar: ScalarKind.Text } scalar
            ? scalar.Text
            : "";

    /// <summary>The message in a field that every entry of its kind has; null, with a problem, if it is not there or another.</summary>
    public T? Need<T>(IMessage owner, string field)
        where T : class, IMessage, new()
    {
        if (owner.Descriptor.FindFieldByName(field).Accessor.GetValue(owner) is Any any)
        {
            return Read<T>(any);
        }

        map.Problem(owner, field, $"'{field}' is missing here, as in a dump taken with ?mask=; {WholeDump.Advice}");
        return null;
    }

    /// <summary>The message in an Any, read when first asked for; null, with a problem, if it is another.</summary>
    /// <param name="any">Where it stands.</param>
    /// <param name="edited">Read instead of what was written; null for that itself.</param>
    public T? Read<T>(Any any, ConfigMapping? edited = null)
        where T : class, IMessage, new()
    {
        if (map.Content(any) is T known)
        {
            return known;
        }

        var type = new T().Descriptor;
        var (node, path) = kept[any];
        var typeEntry = TypeEntry(node);
        if (ConfigTypes.NameOf(any.TypeUrl) != type.FullName)
        {
            map.Problem(
                typeEntry?.Value.Place ?? node.Place,
                path.Field("@type"),
                $"expected '@type' type.googleapis.com/{type.FullName}, found '{any.TypeUrl}'"
            );
            return null;
        }

        var content = new ConfigMapping(node.Place, [.. (edited ?? node).Entries.Where(entry => entry != typeEntry)]);
        var message = (T)Reader.ReadMessage(type, content, path);
        map.SetContent(any, message);
        return message;
    }

    private static ConfigEntry? TypeEntry(ConfigMapping node) => node.Entries.FirstOrDefault(static entry => entry.Key == "@type");
}
