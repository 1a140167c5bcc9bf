using System.Buffers.Text;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>What the headers of a message say of its length.</summary>
internal enum FramingKind : byte
{
    None,
    Sized,
    Chunked,

    /// <summary>Two lengths, or a length that is no number.</summary>
    Invalid,

    /// <summary>A length and a transfer coding.</summary>
    Both,

    /// <summary>A transfer coding other than chunked.</summary>
    UnknownCoding,
}

/// <summary>Reads content-length and transfer-encoding.</summary>
internal static class MessageFraming
{
    /// <param name="allowBoth">allow_chunked_length: of two lengths content-length is dropped.</param>
    public static FramingKind Of(HeaderMap head, bool allowBoth, out long length)
    {
        length = 0;
        var hasLength = head.TryGet(HeaderName.ContentLength, out var digits);
        if (!head.TryGet(HeaderName.TransferEncoding, out var coding))
        {
            return hasLength ? ParseLength(digits, out length) : FramingKind.None;
        }

        var isChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
        if (!hasLength)
        {
            return isChunked ? FramingKind.Chunked : FramingKind.UnknownCoding;
        }

        if (!isChunked || !allowBoth)
        {
            return FramingKind.Both;
        }

        _ = head.Remove(HeaderName.ContentLength);
        return FramingKind.Chunked;
    }

    /// <summary>Digits and nothing else; two lines were joined with a comma, which is none.</summary>
    private static FramingKind ParseLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;
        var isNumber = !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(digits, out length, out var used) && used == digits.Length;
        return isNumber ? FramingKind.Sized : FramingKind.Invalid;
    }
}
