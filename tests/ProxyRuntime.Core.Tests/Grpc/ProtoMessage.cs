using System.Globalization;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Protobuf for tests: messages written by hand, and read by field numbers.</summary>
internal static class ProtoMessage
{
    /// <summary>A message of fields that are written one after the other.</summary>
    public static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(static field => field)];

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int number, params byte[][] message) => Write(writer => writer.WriteBytes(number, Message(message)));

    public static byte[] Number(int number, ulong value) => Write(writer => writer.WriteVarint(number, value));

    public static byte[] Frame(byte[] message)
    {
        var writer = new ProtoWriter();
        var frame = writer.BeginFrame();
        writer.EndFrame(frame);
        byte[] framed = [.. writer.Span, .. message];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        return framed;
    }

    /// <summary>All that stands at a path of field numbers; numbers as text.</summary>
    public static string[] All(byte[] message, params int[] path)
    {
        var found = new List<string>();
        Collect(message, path, found);
        return [.. found];
    }

    /// <summary>What stands at a path of field numbers; null if there is nothing.</summary>
    public static string? At(byte[] message, params int[] path) => All(message, path).LastOrDefault();

    /// <summary>The entries of a map.</summary>
    public static string[] Map(byte[] message, params int[] path) =>
        [.. Messages(message, path).Select(static entry => $"{At(entry, 1)}={At(entry, 2)}").Order(StringComparer.Ordinal)];

    /// <summary>The messages at a path.</summary>
    public static byte[][] Messages(byte[] message, params int[] path)
    {
        var found = new List<byte[]>();
        Descend(message, path, (ref ProtoReader reader) => found.Add(reader.Bytes.ToArray()));
        return [.. found];
    }

    private delegate void Visit(ref ProtoReader reader);

    private static void Collect(byte[] message, int[] path, List<string> found) =>
        Descend(
            message,
            path,
            (ref ProtoReader reader) =>
                found.Add(reader.Type == ProtoWireType.Bytes ? Encoding.UTF8.GetString(reader.Bytes) : reader.Number.ToString(CultureInfo.InvariantCulture))
        );

    private static void Descend(ReadOnlySpan<byte> message, ReadOnlySpan<int> path, Visit visit)
    {
        var reader = new ProtoReader(message);
        while (reader.Read())
        {
            if (reader.Field != path[0])
            {
                continue;
            }

            if (path.Length == 1)
            {
                visit(ref reader);
            }
            else
            {
                Descend(reader.Bytes, path[1..], visit);
            }
        }

        Assert.False(reader.Failed);
    }

    private static byte[] Write(Action<ProtoWriter> write)
    {
        var writer = new ProtoWriter();
        write(writer);
        return writer.Span.ToArray();
    }
}
