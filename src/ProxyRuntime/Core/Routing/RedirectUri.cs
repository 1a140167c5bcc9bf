using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The <c>location</c> of a redirect.</summary>
internal static class RedirectUri
{
    /// <summary>Writes the address a request is sent to; its path has been rewritten already where the redirect says so.</summary>
    public static void Write(RedirectAction redirect, HeaderMap request, ByteBuffer output)
    {
        if (redirect.IsToTls)
        {
            output.Append("https://"u8);
            output.Append(request.Get(HeaderName.Authority));
            output.Append(request.Get(HeaderName.Path));
            return;
        }

        var scheme = request.Get(HeaderName.Scheme);
        Span<byte> newScheme = stackalloc byte[64];
        var schemeLength = WriteScheme(redirect, scheme, newScheme);
        var finalScheme = schemeLength < 0 ? scheme : newScheme[..schemeLength];
        output.Append(finalScheme);
        output.Append("://"u8);
        WriteHost(redirect, request, finalScheme, output);
        if (redirect.PortRedirect != 0)
        {
            output.Append((byte)':');
            output.AppendNumber(redirect.PortRedirect);
        }

        WritePath(redirect, request.Get(HeaderName.Path), output);
    }

    private static int WriteScheme(RedirectAction redirect, ReadOnlySpan<byte> scheme, Span<byte> output)
    {
        if (redirect.SchemeRedirect.Length > 0 && redirect.SchemeRedirect.Length <= output.Length)
        {
            return Encoding.Latin1.GetBytes(redirect.SchemeRedirect, output);
        }

        if (redirect.HttpsRedirect)
        {
            "https"u8.CopyTo(output);
            return 5;
        }

        return -1;
    }

    /// <summary>
    /// The request's own port goes when another is given, or when it is the default of x-forwarded-proto and the new scheme is another: the
    /// scheme of the request line does not count, which over TLS may say http.
    /// </summary>
    private static void WriteHost(RedirectAction redirect, HeaderMap request, ReadOnlySpan<byte> scheme, ByteBuffer output)
    {
        if (redirect.HostRedirect.Length > 0)
        {
            output.Append(Encoding.Latin1.GetBytes(redirect.HostRedirect));
            return;
        }

        var host = request.Get(HeaderName.Authority);
        var colon = HostHeader.PortStart(host);
        if (colon >= 0)
        {
            var forwarded = request.Get(HeaderName.XForwardedProto);
            var port = host[(colon + 1)..];
            var isDefault =
                (forwarded.SequenceEqual("http"u8) && port.SequenceEqual("80"u8)) || (forwarded.SequenceEqual("https"u8) && port.SequenceEqual("443"u8));
            if (redirect.PortRedirect != 0 || (isDefault && !scheme.SequenceEqual(forwarded)))
            {
                host = host[..colon];
            }
        }

        output.Append(host);
    }

    private static void WritePath(RedirectAction redirect, ReadOnlySpan<byte> target, ByteBuffer output)
    {
        if (redirect.PathRedirect.Length > 0)
        {
            var path = Encoding.UTF8.GetBytes(redirect.PathRedirect);
            WriteSlash(path, output);
            output.Append(path);

            // A query in path_redirect stands for the request's, whatever strip_query says.
            if (!path.AsSpan().Contains((byte)'?') && !redirect.StripQuery && target.IndexOf((byte)'?') is var query and >= 0)
            {
                output.Append(target[query..]);
            }

            return;
        }

        WriteSlash(target, output);
        output.Append(redirect.StripQuery && target.IndexOf((byte)'?') is var end and >= 0 ? target[..end] : target);
    }

    private static void WriteSlash(ReadOnlySpan<byte> path, ByteBuffer output)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            output.Append((byte)'/');
        }
    }
}
