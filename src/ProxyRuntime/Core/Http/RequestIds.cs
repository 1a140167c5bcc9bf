using System.Globalization;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Request ids: UUID version 4 as text. The version digit carries the decision to trace: 4 not traced, 9 sampled, a asked for by a
/// service, b asked for by a client.
/// </summary>
internal sealed class RequestIds(RandomStream random)
{
    /// <summary>Of a UUID as text.</summary>
    public const int Length = 36;

    private const int TracePlace = 14;

    /// <summary>Gives the request an id if it has none; one from outside is not kept, or only as it is.</summary>
    public void Set(HeaderMap request, bool isEdge, HttpConnectionManagerSnapshot settings)
    {
        if (request.Get(HeaderName.XRequestId).IsEmpty || (isEdge && !settings.PreserveExternalRequestId))
        {
            Generate(request);
        }
        else if (isEdge && settings.PackTraceReason)
        {
            // The client's own decision does not count.
            Write(request, TraceReason.NotTraceable);
        }
    }

    /// <summary>The number that sampling goes by: the first eight hexadecimal digits. Null if the id has none.</summary>
    public static ulong? Number(HeaderMap request)
    {
        var id = request.Get(HeaderName.XRequestId);
        Span<char> digits = stackalloc char[8];
        if (id.Length < digits.Length)
        {
            return null;
        }

        for (var i = 0; i < digits.Length; i++)
        {
            if (!char.IsAsciiHexDigit((char)id[i]))
            {
                return null;
            }

            digits[i] = (char)id[i];
        }

        return ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>The decision that the id carries.</summary>
    public static TraceReason Read(HeaderMap request)
    {
        var id = request.Get(HeaderName.XRequestId);
        return id.Length != Length
            ? TraceReason.NotTraceable
            : id[TracePlace] switch
            {
                (byte)'9' => TraceReason.Sampling,
                (byte)'a' => TraceReason.ServiceForced,
                (byte)'b' => TraceReason.ClientForced,
                _ => TraceReason.NotTraceable,
            };
    }

    /// <summary>Writes the decision into the id, if it is one of this form.</summary>
    public static void Write(HeaderMap request, TraceReason reason)
    {
        var id = request.Get(HeaderName.XRequestId);
        if (id.Length != Length)
        {
            return;
        }

        Span<byte> changed = stackalloc byte[Length];
        id.CopyTo(changed);
        changed[TracePlace] = reason switch
        {
            TraceReason.Sampling => (byte)'9',
            TraceReason.ServiceForced => (byte)'a',
            TraceReason.ClientForced => (byte)'b',
            _ => (byte)'4',
        };
        request.Set(HeaderName.XRequestId, changed);
    }

    /// <summary>A random UUID as text.</summary>
    public static void WriteUuid(RandomStream random, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = BitConverter.TryWriteBytes(bytes, random.NextUInt64());
        _ = BitConverter.TryWriteBytes(bytes[8..], random.NextUInt64());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
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
    }

    private void Generate(HeaderMap request)
    {
        Span<byte> text = stackalloc byte[Length];
        WriteUuid(random, text);
        request.Set(HeaderName.XRequestId, text);
    }
}
