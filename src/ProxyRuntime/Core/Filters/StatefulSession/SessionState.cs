using System.Buffers;
using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Reads a client's host from its request, and gives it a host with the answer.</summary>
internal abstract class SessionState
{
    public static SessionState? Of(SessionStateSettings? settings) =>
        settings switch
        {
            CookieSessionSettings cookie => new CookieSession(cookie),
            HeaderSessionSettings header => new HeaderSession(header),
            _ => null,
        };

    /// <summary>The request takes part in sessions.</summary>
    public virtual bool Covers(HeaderMap request) => true;

    /// <summary>Writes the address of the client's host; nothing if the request names none that counts.</summary>
    public abstract void Read(HeaderMap request, MonotonicTime now, ByteBuffer address);

    /// <summary>Tells the client its host.</summary>
    public abstract void Write(HeaderMap response, ReadOnlySpan<byte> address, MonotonicTime now, ByteBuffer scratch);

    /// <summary>Appends what some Base64 stands for; nothing if it is none, padding included.</summary>
    protected static void Decode(ReadOnlySpan<byte> text, ByteBuffer output)
    {
        var room = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(text.Length));
        if (text.Length % 4 == 0 && text.IndexOfAny(" \t\r\n"u8) < 0 && Base64.DecodeFromUtf8(text, room, out _, out var length) == OperationStatus.Done)
        {
            output.Advance(length);
        }
    }

    protected static void Encode(ReadOnlySpan<byte> data, ByteBuffer output)
    {
        _ = Base64.EncodeToUtf8(data, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(data.Length)), out _, out var length);
        output.Advance(length);
    }
}
