using System.Buffers.Text;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Live;

/// <summary>Writes one HTTP/1.1 message after another into a queue of bytes.</summary>
internal sealed class MessageWriter(ByteQueue output)
{
    private bool chunked;

    /// <summary>Writes a response head and settles how its body will be framed.</summary>
    /// <param name="toHead">It answers a HEAD request.</param>
    public void WriteResponseHead(HeaderMap head, bool endStream, bool toHead)
    {
        var status = head.StatusCode();
        output.Append("HTTP/1.1 "u8);
        output.Append(head.Get(HeaderName.Status));
        output.Append(" "u8);
        output.Append(ReasonPhrases.Of(status));
        output.Append("\r\n"u8);
        WriteLines(head);
        chunked = false;
        if (!head.Contains(HeaderName.ContentLength))
        {
            if (!endStream)
            {
                chunked = true;
                output.Append("transfer-encoding: chunked\r\n"u8);
            }
            else if (!toHead && status is not (204 or 304))
            {
                output.Append("content-length: 0\r\n"u8);
            }
        }

        output.Append("\r\n"u8);
    }

    public void WriteRequestHead(HeaderMap head, bool endStream)
    {
        var method = head.Get(HeaderName.Method);
        output.Append(method);
        output.Append(" "u8);
        output.Append(head.Get(HeaderName.Path));
        output.Append(" HTTP/1.1\r\nhost: "u8);
        output.Append(head.Get(HeaderName.Authority));
        output.Append("\r\n"u8);
        WriteLines(head);
        chunked = false;
        if (!head.Contains(HeaderName.ContentLength))
        {
            if (!endStream)
            {
                chunked = true;
                output.Append("transfer-encoding: chunked\r\n"u8);
            }
            else if (!IsBodiless(method))
            {
                output.Append("content-length: 0\r\n"u8);
            }
        }

        output.Append("\r\n"u8);
    }

    public void WriteData(ReadOnlySpan<byte> bytes, bool endStream)
    {
        if (!chunked)
        {
            output.Append(bytes);
            return;
        }

        if (!bytes.IsEmpty)
        {
            Span<byte> size = stackalloc byte[16];
            _ = Utf8Formatter.TryFormat(bytes.Length, size, out var digits, 'x');
            output.Append(size[..digits]);
            output.Append("\r\n"u8);
            output.Append(bytes);
            output.Append("\r\n"u8);
        }

        if (endStream)
        {
            output.Append("0\r\n\r\n"u8);
        }
    }

    /// <summary>Ends a chunked message with its trailers; a sized one has no room for them.</summary>
    public void WriteTrailers(HeaderMap trailers)
    {
        if (chunked)
        {
            output.Append("0\r\n"u8);
            WriteLines(trailers);
            output.Append("\r\n"u8);
        }
    }

    private void WriteLines(HeaderMap head)
    {
        for (var i = 0; i < head.Count; i++)
        {
            var field = head[i];
            if (field.IsPseudo)
            {
                continue;
            }

            output.Append(field.Name);
            output.Append(": "u8);
            output.Append(field.Value);
            output.Append("\r\n"u8);
        }
    }

    private static bool IsBodiless(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8)
        || method.SequenceEqual("HEAD"u8)
        || method.SequenceEqual("DELETE"u8)
        || method.SequenceEqual("TRACE"u8)
        || method.SequenceEqual("CONNECT"u8);
}

/// <summary>The reason phrases of status lines.</summary>
internal static class ReasonPhrases
{
    private static readonly byte[][] ByStatus = Build();

    public static ReadOnlySpan<byte> Of(int status) => status is >= 0 and < 600 ? ByStatus[status] : "Unknown"u8;

    private static byte[][] Build()
    {
        var phrases = new byte[600][];
        for (var status = 0; status < phrases.Length; status++)
        {
            var phrase = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
            phrases[status] = System.Text.Encoding.ASCII.GetBytes(phrase.Length == 0 ? "Unknown" : phrase);
        }

        return phrases;
    }
}
