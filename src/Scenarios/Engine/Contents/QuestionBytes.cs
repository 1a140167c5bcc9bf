using System.Buffers.Binary;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Engine;

/// <summary>A whole message as bytes that an event carries: a number, the lines of a head, and a body.</summary>
internal static class QuestionBytes
{
    /// <param name="number">Whatever goes with it.</param>
    public static byte[] Write(long number, HeaderMap head, ReadOnlySpan<byte> body)
    {
        var bytes = new ByteBuffer();
        Number(bytes, number);
        Number(bytes, head.Count);
        for (var i = 0; i < head.Count; i++)
        {
            Text(bytes, head[i].Name);
            Text(bytes, head[i].Value);
        }

        Text(bytes, body);
        return bytes.Span.ToArray();
    }

    public static (long Number, HeaderMap Head, byte[] Body) Read(ReadOnlySpan<byte> bytes)
    {
        var number = Number(ref bytes);
        var head = new HeaderMap();
        for (var count = Number(ref bytes); count > 0; count--)
        {
            var name = Text(ref bytes);
            head.Add(name, Text(ref bytes));
        }

        return (number, head, Text(ref bytes).ToArray());
    }

    private static void Number(ByteBuffer bytes, long number)
    {
        Span<byte> room = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(room, number);
        bytes.Append(room);
    }

    private static void Text(ByteBuffer bytes, ReadOnlySpan<byte> text)
    {
        Number(bytes, text.Length);
        bytes.Append(text);
    }

    private static long Number(ref ReadOnlySpan<byte> bytes)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        bytes = bytes[sizeof(long)..];
        return number;
    }

    private static ReadOnlySpan<byte> Text(ref ReadOnlySpan<byte> bytes)
    {
        var length = (int)Number(ref bytes);
        var text = bytes[..length];
        bytes = bytes[length..];
        return text;
    }
}
