using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Fills protobuf messages from a document, noting where everything stands and everything that does not fit.</summary>
internal sealed class ProtoReader
{
    private readonly SourceMap map;
    private readonly DumpContents? dump;
    private readonly WellKnownReader wellKnown;

    /// <param name="map">Where things are noted.</param>
    /// <param name="dump">Takes what the messages of a dump hold, unread; null where no dump is read.</param>
    public ProtoReader(SourceMap map, DumpContents? dump = null)
    {
        this.map = map;
        this.dump = dump;
        wellKnown = new WellKnownReader(map, this);
    }

    /// <summary>Reads a mapping into a new message of that type. Always returns a message; what did not fit is a problem in the map.</summary>
    public IMessage ReadMessage(MessageDescriptor type, ConfigNode node, ConfigPath path)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        var source = map.Add(message, path, node.Place);
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object ({type.Name}), found {node.Kind}");
            return message;
        }

        // An extension goes by the name beside its typed_config.
        var name = mapping.Entries.FirstOrDefault(static entry => entry.Key == "name")?.Value is ConfigScalar scalar ? scalar.Text : "";
        foreach (var entry in mapping.Entries)
        {
            ReadField(message, source, entry, name);
        }

        return message;
    }

    private void ReadField(IMessage message, MessageSource source, ConfigEntry entry, string extensionName)
    {
        var type = message.Descriptor;
        if (FieldNames.Find(type, entry.Key) is not { } field)
        {
            map.Problem(entry.KeyPlace, source.Path.Field(entry.Key), UnknownField(source, type, entry.Key));
            return;
        }

        var path = source.Path.Field(field.Name);
        if (source.Fields.ContainsKey(field.Name))
        {
            map.Problem(entry.KeyPlace, path, $"'{field.Name}' stands here twice");
            return;
        }

        if (entry.Value is ConfigScalar { Scalar: ScalarKind.Null } && !IsValue(field))
        {
            return;
        }

        if (field.RealContainingOneof?.Fields.FirstOrDefault(other => source.Fields.ContainsKey(other.Name)) is { } chosen)
        {
            map.Problem(entry.KeyPlace, path, $"'{field.Name}' and '{chosen.Name}' exclude each other; one of them is accepted");
            return;
        }

        source.AddField(field, entry.Value.Place, path);
        if (field.IsMap)
        {
            ReadMap(message, field, entry.Value, path);
        }
        else if (field.IsRepeated)
        {
            ReadList(message, source, field, entry.Value, path);
        }
        else if (ReadValue(field, entry.Value, path, extensionName) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private void ReadList(IMessage message, MessageSource source, FieldDescriptor field, ConfigNode node, ConfigPath path)
    {
        var list = (IList)field.Accessor.GetValue(message);
        List<ConfigPlace> places = [];

        // One object where a list is expected is a list of one.
        IReadOnlyList<ConfigNode> items = node is ConfigSequence sequence ? sequence.Items : [node];
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is ConfigScalar { Scalar: ScalarKind.Null } && !IsValue(field))
            {
                map.Problem(items[i].Place, path.Item(i), "null is not accepted as an item of a list");
            }
            else if (ReadValue(field, items[i], path.Item(i), "") is { } value)
            {
                _ = list.Add(value);
                places.Add(items[i].Place);
            }
        }

        source.AddItems(field, [.. places]);
    }

    private void ReadMap(IMessage message, FieldDescriptor field, ConfigNode node, ConfigPath path)
    {
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with free keys, found {node.Kind}");
            return;
        }

        var values = (IDictionary)field.Accessor.GetValue(message);
        var keyField = field.MessageType.FindFieldByNumber(1);
        var valueField = field.MessageType.FindFieldByNumber(2);
        foreach (var entry in mapping.Entries)
        {
            var entryPath = path.Field(entry.Key);
            var text = keyField.FieldType == FieldType.String ? ScalarKind.Text : ScalarKind.Number;
            var key = ReadScalar(keyField, new ConfigScalar(entry.KeyPlace, text, entry.Key), entryPath);
            if (key is not null && ReadValue(valueField, entry.Value, entryPath, entry.Key) is { } value)
            {
                values[key] = value;
            }
        }
    }

    private object? ReadValue(FieldDescriptor field, ConfigNode node, ConfigPath path, string extensionName)
    {
        if (field.FieldType != FieldType.Message)
        {
            return ReadScalar(field, node, path);
        }

        if (WellKnownReader.IsWrapper(field.MessageType))
        {
            return ReadScalar(field.MessageType.FindFieldByNumber(1), node, path);
        }

        if (dump is not null && DumpContents.IsFor(field))
        {
            return dump.Keep(node, path);
        }

        return WellKnownReader.Handles(field.MessageType)
            ? wellKnown.Read(field.MessageType, node, path, extensionName)
            : ReadMessage(field.MessageType, node, path);
    }

    private object? ReadScalar(FieldDescriptor field, ConfigNode node, ConfigPath path)
    {
        if (node is not ConfigScalar scalar)
        {
            map.Problem(node.Place, path, $"expected {ScalarReader.Describe(field)}, found {node.Kind}");
            return null;
        }

        var value = ScalarReader.Read(field, scalar, out var error);
        if (error is not null)
        {
            map.Problem(node.Place, path, error);
        }

        return value;
    }

    private static string UnknownField(MessageSource source, MessageDescriptor type, string key)
    {
        var known = type.Fields.InDeclarationOrder().Select(static field => field.Name).ToArray();
        var nearest = NearestWord.Find(key, known);
        if (nearest is not null)
        {
            source.AddMisspelt(nearest);
        }

        var meant = nearest is null ? "" : $"; did you mean '{nearest}'?";
        var accepted = known.Length switch
        {
            0 => "; it has no fields",
            <= 12 => $"; accepted: {string.Join(", ", known)}",
            _ => "",
        };
        return $"unknown field '{key}' in {type.FullName}{meant}{accepted}";
    }

    private static bool IsValue(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType.FullName == "google.protobuf.Value";
}
