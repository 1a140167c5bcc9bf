using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Writes one HTTP/1.1 message after another into a queue of bytes, framed as Envoy's codec does: by the length the headers give, or in chunks.
/// </summary>
public sealed class Http1Writer(ByteQueue output, Http1Settings settings)
{
    private bool chunked;

    /// <summary>What is answered is a request of HTTP/1.0, see <see cref="Http1RequestReader.IsHttp10"/>: without a length the answer ends with the connection.</summary>
    public bool IsHttp10 { get; set; }

    /// <summary>Writes an interim answer; the answer itself follows.</summary>
    public void WriteInformational(HeaderMap head)
    {
        WriteStatusLine(head, head.StatusCode());
        WriteLines(head);
        output.Append("\r\n"u8);
    }

    /// <summary>Writes a response head and settles how its body will be framed.</summary>
    /// <param name="kind">What it answers.</param>
    public void WriteResponseHead(HeaderMap head, bool endStream, HttpRequestKind kind)
    {
        var status = head.StatusCode();
        WriteStatusLine(head, status);
        WriteLines(head);
        chunked = false;
        if (!head.Contains(HeaderName.ContentLength) && status is >= 200 and not (204 or 304))
        {
            if (endStream && kind != HttpRequestKind.Head)
            {
                WriteLine("content-length"u8, "0"u8);
            }
            else if (!IsHttp10 && (kind != HttpRequestKind.Connect || status >= 300))
            {
                // For HEAD it is a guess at what a body would have been; none follows.
                WriteLine("transfer-encoding"u8, "chunked"u8);
                chunked = kind != HttpRequestKind.Head;
            }
        }

        output.Append("\r\n"u8);
    }

    public void WriteRequestHead(HeaderMap head, bool endStream)
    {
        var method = head.Get(HeaderName.Method);
        var isConnect = method.SequenceEqual("CONNECT"u8);
        output.Append(method);
        output.Append(" "u8);
        if (settings.SendFullyQualifiedUrl && !isConnect)
        {
            output.Append(head.Get(HeaderName.Scheme));
            output.Append("://"u8);
            output.Append(head.Get(HeaderName.Authority));
        }

        output.Append(head.Get(isConnect ? HeaderName.Authority : HeaderName.Path));
        output.Append(" HTTP/1.1\r\n"u8);
        WriteLine("host"u8, head.Get(HeaderName.Authority));
        WriteLines(head);
        chunked = false;
        if (!head.Contains(HeaderName.ContentLength) && !isConnect && !UpgradeRequests.IsUpgrade(head))
        {
            if (!endStream)
            {
                chunked = true;
                WriteLine("transfer-encoding"u8, "chunked"u8);
            }
            else if (!HttpMethods.HasNoBody(method))
            {
                WriteLine("content-length"u8, "0"u8);
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

    /// <summary>Ends a message with its trailers: only chunks have room for them, and only where enable_trailers allows them.</summary>
    public void WriteTrailers(HeaderMap trailers)
    {
        if (chunked)
        {
            output.Append("0\r\n"u8);
            if (settings.EnableTrailers)
            {
                WriteLines(trailers);
            }

            output.Append("\r\n"u8);
        }
    }

    private void WriteStatusLine(HeaderMap head, int status)
    {
        output.Append(IsHttp10 ? "HTTP/1.0 "u8 : "HTTP/1.1 "u8);
        output.Append(head.Get(HeaderName.Status));
        output.Append(" "u8);
        output.Append(ReasonPhrases.Of(status));
        output.Append("\r\n"u8);
    }

    private void WriteLines(HeaderMap head)
    {
        for (var i = 0; i < head.Count; i++)
        {
            var field = head[i];
            if (!field.IsPseudo)
            {
                WriteLine(field.Name, field.Value);
            }
        }
    }

    private void WriteLine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (settings.ProperCaseWords)
        {
            WriteProperCase(name);
        }
        else
        {
            output.Append(name);
        }

        output.Append(": "u8);
        output.Append(value);
        output.Append("\r\n"u8);
    }

    /// <summary>Letters at the start and behind anything that is neither letter nor digit are written large.</summary>
    private void WriteProperCase(ReadOnlySpan<byte> name)
    {
        var free = output.Free(name.Length);
        var upper = true;
        for (var i = 0; i < name.Length; i++)
        {
            free[i] = upper && char.IsAsciiLetterLower((char)name[i]) ? (byte)(name[i] - 32) : name[i];
            upper = !char.IsAsciiLetterOrDigit((char)name[i]);
        }

        output.Grow(name.Length);
    }
}
