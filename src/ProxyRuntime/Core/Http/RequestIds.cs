namespace MeshSim.ProxyRuntime.Core;

/// <summary>Makes request ids: UUID version 4 as text.</summary>
internal sealed class RequestIds(RandomStream random)
{
    private const int Length = 36;

    /// <summary>Sets <c>x-request-id</c> to a new id.</summary>
    public void Generate(HeaderMap request)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = BitConverter.TryWriteBytes(bytes, random.NextUInt64());
        _ = BitConverter.TryWriteBytes(bytes[8..], random.NextUInt64());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);

        Span<byte> text = stackalloc byte[Length];
        var digits = "0123456789abcdef"u8;
        var at = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i is 4 or 6 or 8 or 10)
            {
                text[at++] = (byte)'-';
            }

            text[at++] = digits[bytes[i] >> 4];
            text[at++] = digits[bytes[i] & 0x0F];
        }

        request.Set(HeaderName.XRequestId, text);
    }
}
