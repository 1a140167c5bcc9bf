namespace MeshSim.ProxyRuntime.Core;

/// <summary>Looks at the ServerHello of TLS 1.3: whether a session is resumed stands there and nowhere else.</summary>
public static class ServerHelloReader
{
    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const byte HandshakeRecord = 22;
    private const byte ServerHelloMessage = 2;
    private const int PreSharedKey = 41;

    /// <summary>The random of a ServerHello that is a HelloRetryRequest (RFC 8446, 4.1.3).</summary>
    private static ReadOnlySpan<byte> RetryRandom =>
        [
            0xCF,
            0x21,
            0xAD,
            0x74,
            0xE5,
            0x9A,
            0x61,
            0x11,
            0xBE,
            0x1D,
            0x8C,
            0x02,
            0x1E,
            0x65,
            0xB8,
            0x91,
            0xC2,
            0xA2,
            0x11,
            0x16,
            0x7A,
            0xBB,
            0x8C,
            0x5E,
            0x07,
            0x9E,
            0x09,
            0xE2,
            0xC8,
            0xA8,
            0x33,
            0x9C,
        ];

    /// <summary>Whether the server takes up the session that the client has shown; null if the bytes do not begin with a ServerHello, or with one that asks for another ClientHello.</summary>
    /// <param name="flight">What the server sends, from the begin of a record.</param>
    public static bool? Resumes(ReadOnlySpan<byte> flight)
    {
        if (flight.Length < RecordHeader + MessageHeader || flight[0] != HandshakeRecord || flight[RecordHeader] != ServerHelloMessage)
        {
            return null;
        }

        var body = new TlsBytes(flight[(RecordHeader + MessageHeader)..]);
        if (
            !body.TryU16(out _)
            || flight[(RecordHeader + MessageHeader + 2)..].StartsWith(RetryRandom)
            || !body.TrySkip(32)
            || !body.TryVector8(out _)
            || !body.TryU16(out _)
            || !body.TrySkip(1)
        )
        {
            return null;
        }

        // Without extensions it is an older version, whose sessions are told by other means.
        if (!body.TryVector16(out var extensions))
        {
            return false;
        }

        while (extensions.TryU16(out var type) && extensions.TryVector16(out _))
        {
            if (type == PreSharedKey)
            {
                return true;
            }
        }

        return false;
    }
}
