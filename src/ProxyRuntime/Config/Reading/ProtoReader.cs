using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Fills protobuf messages from a document, noting where everything stands and everything that does not fit.</summary>
internal sealed class ProtoReader(SourceMap map)
{
    /// <summary>Reads a mapping into a new message of that type. Always returns a message; what did not fit is a problem in the map.</summary>
    public IMessage ReadMessage(MessageDescriptor type, ConfigNode node, string path)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        _ = map.Add(message, path, node.Place);
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object ({type.Name}), found {node.Kind}");
            return message;
        }

        foreach (var entry in mapping.Entries)
        {
            ReadField(message, type, entry, path);
        }

        return message;
    }

    private void ReadField(IMessage message, MessageDescriptor type, ConfigEntry entry, string path)
    {
        if (FieldNames.Find(type, entry.Key) is not { } field)
        {
            var known = type.Fields.InDeclarationOrder().Select(static f => f.Name).ToArray();
            var accepted = known.Length is > 0 and <= 12 ? $"; accepted: {string.Join(", ", known)}" : "";
            map.Problem(
                entry.KeyPlace,
                Join(path, entry.Key),
                $"unknown field '{entry.Key}' in {type.FullName}{NearestWord.Suggest(entry.Key, known)}{accepted}"
            );
            return;
        }

        var fieldPath = Join(path, field.Name);
        var source = map.Of(message);
        if (source.Fields.ContainsKey(field.Name))
        {
            map.Problem(entry.KeyPlace, fieldPath, $"'{field.Name}' stands here twice");
            return;
        }

        if (entry.Value is ConfigScalar { Scalar: ScalarKind.Null } && !IsValue(field))
        {
            return;
        }

        if (
            field.RealContainingOneof is { } oneof
            && oneof.Fields.FirstOrDefault(other => other != field && source.Fields.ContainsKey(other.Name)) is { } other
        )
        {
            map.Problem(entry.KeyPlace, fieldPath, $"'{field.Name}' and '{other.Name}' exclude each other; one of them is accepted");
            return;
        }

        source.AddField(field, entry.Value.Place, fieldPath);
        if (field.IsMap)
        {
            ReadMap(message, field, entry.Value, fieldPath);
        }
        else if (field.IsRepeated)
        {
            ReadList(message, field, entry.Value, fieldPath);
        }
        else if (ReadValue(field, entry.Value, fieldPath) is { } value)
        {
            field.Accessor.SetValue(message, value);
        }
    }

    private void ReadList(IMessage message, FieldDescriptor field, ConfigNode node, string path)
    {
        var list = (IList)field.Accessor.GetValue(message);

        // One object where a list is expected is a list of one.
        IReadOnlyList<ConfigNode> items = node is ConfigSequence sequence ? sequence.Items : [node];
        for (var i = 0; i < items.Count; i++)
        {
            if (ReadValue(field, items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")) is { } value)
            {
                _ = list.Add(value);
            }
        }
    }

    private void ReadMap(IMessage message, FieldDescriptor field, ConfigNode node, string path)
    {
        if (node is not ConfigMapping mapping)
        {
            map.Problem(node.Place, path, $"expected an object with free keys, found {node.Kind}");
            return;
        }

        var values = (IDictionary)field.Accessor.GetValue(message);
        var valueField = field.MessageType.FindFieldByNumber(2);
        foreach (var entry in mapping.Entries)
        {
            if (ReadValue(valueField, entry.Value, $"{path}.{entry.Key}") is { } value)
            {
                values[entry.Key] = value;
            }
        }
    }

    private object? ReadValue(FieldDescriptor field, ConfigNode node, string path)
    {
        if (field.FieldType != FieldType.Message)
        {
            return ReadScalar(field, field.FieldType, node, path);
        }

        if (WellKnownReader.IsWrapper(field.MessageType))
        {
            return ReadScalar(field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(1).FieldType, node, path);
        }

        return WellKnownReader.Handles(field.MessageType)
            ? new WellKnownReader(map, this).Read(field.MessageType, node, path)
            : ReadMessage(field.MessageType, node, path);
    }

    private object? ReadScalar(FieldDescriptor field, FieldType type, ConfigNode node, string path)
    {
        if (node is not ConfigScalar scalar)
        {
            map.Problem(node.Place, path, $"expected a single value, found {node.Kind}");
            return null;
        }

        var value = ScalarReader.Read(field, type, scalar, out var error);
        if (error is not null)
        {
            map.Problem(node.Place, path, error);
        }

        return value;
    }

    private static bool IsValue(FieldDescriptor field) => field.FieldType == FieldType.Message && field.MessageType.FullName == "google.protobuf.Value";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
