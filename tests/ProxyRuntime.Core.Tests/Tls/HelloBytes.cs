using System.Buffers.Binary;
using System.Text;

namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>A ClientHello as bytes, written from RFC 8446.</summary>
internal static class HelloBytes
{
    /// <param name="recordSize">The most bytes of the message in one record.</param>
    public static byte[] Make(string? serverName = null, string[]? protocols = null, bool ecdsa = false, int recordSize = 16_384)
    {
        List<byte> extensions = [];
        if (serverName is not null)
        {
            var name = Vector16([0, .. Vector16(Encoding.ASCII.GetBytes(serverName))]);
            extensions.AddRange(Extension(0, name));
        }

        if (protocols is not null)
        {
            extensions.AddRange(Extension(16, Vector16([.. protocols.SelectMany(static name => Vector8(Encoding.ASCII.GetBytes(name)))])));
        }

        if (ecdsa)
        {
            extensions.AddRange(Extension(10, Vector16([0, 29, 0, 23])));
            extensions.AddRange(Extension(13, Vector16([4, 3, 8, 4])));
        }

        extensions.AddRange(Extension(43, Vector8([3, 4, 3, 3])));
        byte[] body = [3, 3, .. new byte[32], .. Vector8(new byte[32]), .. Vector16([0x13, 1, 0xC0, 0x2F]), .. Vector8([0]), .. Vector16([.. extensions])];
        byte[] message = [1, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        return [.. message.Chunk(recordSize).SelectMany(static part => (byte[])[22, 3, 1, .. Vector16(part)])];
    }

    private static byte[] Extension(int type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Vector16(content)];

    private static byte[] Vector8(byte[] content) => [(byte)content.Length, .. content];

    private static byte[] Vector16(byte[] content)
    {
        var result = new byte[content.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(result, (ushort)content.Length);
        content.CopyTo(result, 2);
        return result;
    }
}
