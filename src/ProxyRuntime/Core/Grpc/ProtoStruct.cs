using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>google.protobuf.Struct on the wire.</summary>
internal static class ProtoStruct
{
    /// <summary>Values nested deeper are refused, as protobuf does with messages.</summary>
    private const int MaxDepth = 32;

    private const int StructFields = 1;
    private const int ListValues = 1;
    private const int EntryKey = 1;
    private const int EntryValue = 2;

    /// <summary>The fields of google.protobuf.Value.</summary>
    private enum Kind
    {
        Null = 1,
        Number = 2,
        Text = 3,
        Bool = 4,
        Struct = 5,
        List = 6,
    }

    /// <summary>Writes the fields of a struct into the message that is open.</summary>
    public static void Write(ProtoWriter output, MetadataValue value)
    {
        foreach (var (name, field) in value.Fields)
        {
            var entry = output.Begin(StructFields);
            output.WriteText(EntryKey, name);
            WriteValue(output, EntryValue, field);
            output.End(entry);
        }
    }

    /// <summary>Reads a struct; null if it is none.</summary>
    public static MetadataValue? Read(ReadOnlySpan<byte> message) => ReadStruct(message, MaxDepth);

    private static void WriteValue(ProtoWriter output, int field, MetadataValue value)
    {
        var start = output.Begin(field);
        switch (value.Kind)
        {
            case MetadataKind.Bool:
                output.WriteBool((int)Kind.Bool, value.Bool);
                break;
            case MetadataKind.Number:
                output.WriteDouble((int)Kind.Number, value.Number);
                break;
            case MetadataKind.Text:
                output.WriteText((int)Kind.Text, value.Text);
                break;
            case MetadataKind.List:
                var list = output.Begin((int)Kind.List);
                foreach (var item in value.Items)
                {
                    WriteValue(output, ListValues, item);
                }

                output.End(list);
                break;
            case MetadataKind.Struct:
                var fields = output.Begin((int)Kind.Struct);
                Write(output, value);
                output.End(fields);
                break;
            default:
                output.WriteVarint((int)Kind.Null, 0);
                break;
        }

        output.End(start);
    }

    private static MetadataValue? ReadStruct(ReadOnlySpan<byte> message, int depth)
    {
        var fields = new SortedDictionary<string, MetadataValue>(StringComparer.Ordinal);
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (!reader.Is(StructFields, ProtoWireType.Bytes))
            {
                continue;
            }

            if (ReadEntry(reader.Bytes, depth) is not { } entry)
            {
                return null;
            }

            fields[entry.Key] = entry.Value;
        }

        return reader.Failed ? null : MetadataValue.Of(fields);
    }

    private static KeyValuePair<string, MetadataValue>? ReadEntry(ReadOnlySpan<byte> message, int depth)
    {
        var key = "";
        var value = MetadataValue.Null;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Is(EntryKey, ProtoWireType.Bytes))
            {
                key = reader.Text();
            }
            else if (reader.Is(EntryValue, ProtoWireType.Bytes))
            {
                if (ReadValue(reader.Bytes, depth - 1) is not { } read)
                {
                    return null;
                }

                value = read;
            }
        }

        return reader.Failed ? null : KeyValuePair.Create(key, value);
    }

    private static MetadataValue? ReadValue(ReadOnlySpan<byte> message, int depth)
    {
        var value = MetadataValue.Null;
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            var read = ((Kind)reader.Field, reader.Type) switch
            {
                (Kind.Null, ProtoWireType.Varint) => MetadataValue.Null,
                (Kind.Number, ProtoWireType.Fixed64) => MetadataValue.Of(reader.Double),
                (Kind.Text, ProtoWireType.Bytes) => MetadataValue.Of(reader.Text()),
                (Kind.Bool, ProtoWireType.Varint) => MetadataValue.Of(reader.Bool),
                (Kind.Struct, ProtoWireType.Bytes) => depth > 0 ? ReadStruct(reader.Bytes, depth) : null,
                (Kind.List, ProtoWireType.Bytes) => depth > 0 ? ReadList(reader.Bytes, depth) : null,
                _ => value,
            };
            if (read is null)
            {
                return null;
            }

            value = read;
        }

        return reader.Failed ? null : value;
    }

    private static MetadataValue? ReadList(ReadOnlySpan<byte> message, int depth)
    {
        var items = ImmutableArray.CreateBuilder<MetadataValue>();
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (!reader.Is(ListValues, ProtoWireType.Bytes))
            {
                continue;
            }

            if (ReadValue(reader.Bytes, depth - 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return reader.Failed ? null : MetadataValue.Of(items.ToImmutable());
    }
}
