using System.Buffers.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>What the headers of a message say of its length.</summary>
internal enum FramingKind
{
    None,
    Sized,
    Chunked,

    /// <summary>Both lengths, two lengths, or a length that is no number.</summary>
    Invalid,

    /// <summary>A transfer coding other than chunked.</summary>
    UnknownCoding,
}

internal static class Framing
{
    public static FramingKind Of(HeaderMap head, out long length)
    {
        length = 0;
        var lengths = 0;
        for (var i = 0; i < head.Count; i++)
        {
            if (head[i].Id == HeaderName.ContentLength.Id)
            {
                lengths++;
                var value = head[i].Value;
                if (
                    lengths > 1
                    || value.IsEmpty
                    || value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0
                    || !Utf8Parser.TryParse(value, out length, out var used)
                    || used != value.Length
                )
                {
                    return FramingKind.Invalid;
                }
            }
        }

        if (!head.TryGet(HeaderName.TransferEncoding, out var coding))
        {
            return lengths == 1 ? FramingKind.Sized : FramingKind.None;
        }

        if (!System.Text.Ascii.EqualsIgnoreCase(coding, "chunked"u8))
        {
            return FramingKind.UnknownCoding;
        }

        return lengths > 0 ? FramingKind.Invalid : FramingKind.Chunked;
    }
}
