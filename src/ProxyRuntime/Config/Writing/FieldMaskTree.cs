using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The paths of a FieldMask as a tree: cuts messages down to the fields it names.</summary>
/// <remarks>What is cut shares its parts with what it is cut from; neither changes the other.</remarks>
internal sealed class FieldMaskTree
{
    private readonly SortedDictionary<string, FieldMaskTree> children = new(StringComparer.Ordinal);
    private bool isWhole;

    /// <param name="paths">Names of fields with points between them.</param>
    public FieldMaskTree(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            Add(path.Split('.', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    private FieldMaskTree() { }

    /// <summary>The paths of a mask as it stands in a query.</summary>
    public static string[] Paths(string mask) => mask.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True if messages of the type have such a field. A path goes no further than to a list or a map.</summary>
    public static bool IsValid(MessageDescriptor type, string path)
    {
        MessageDescriptor? at = type;
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at?.FindFieldByName(name) is not { } field)
            {
                return false;
            }

            at = field is { IsRepeated: false, FieldType: FieldType.Message } ? field.MessageType : null;
        }

        return true;
    }

    /// <summary>The named fields of a message; all of it where nothing is named.</summary>
    public T Trim<T>(T message)
        where T : IMessage
    {
        if (isWhole || children.Count == 0)
        {
            return message;
        }

        var trimmed = (T)message.Descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (var (name, child) in children)
        {
            var field = message.Descriptor.FindFieldByName(name);
            CopyField(message, trimmed, field, value => value is IMessage inner and not Any ? child.Trim(inner) : value);
        }

        return trimmed;
    }

    /// <summary>All fields of a message in another one, for some to be set anew.</summary>
    public static T Copy<T>(T message)
        where T : IMessage
    {
        var copy = (T)message.Descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            CopyField(message, copy, field, static value => value);
        }

        return copy;
    }

    private static void CopyField(IMessage from, IMessage to, FieldDescriptor field, Func<object, object> value)
    {
        var found = field.Accessor.GetValue(from);
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(to);
            foreach (DictionaryEntry entry in (IDictionary)found)
            {
                map[entry.Key] = entry.Value;
            }
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(to);
            foreach (var item in (IList)found)
            {
                _ = list.Add(item);
            }
        }
        else if (field.HasPresence ? field.Accessor.HasValue(from) : !ScalarJson.IsDefault(found))
        {
            field.Accessor.SetValue(to, value(found));
        }
    }

    private void Add(ReadOnlySpan<string> path)
    {
        if (path.IsEmpty)
        {
            isWhole = true;
            return;
        }

        if (!children.TryGetValue(path[0], out var child))
        {
            children[path[0]] = child = new FieldMaskTree();
        }

        child.Add(path[1..]);
    }
}
