using System.Buffers.Text;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Writes the target of a request into its headers: a path as it is, an absolute URL and the target of CONNECT taken apart.</summary>
internal static class RequestTarget
{
    /// <param name="isTls">The connection is encrypted: without it <c>https</c> is refused.</param>
    public static RequestError? Apply(in RequestLine line, HeaderMap head, Http1Settings settings, bool isTls)
    {
        var target = line.Target;
        if (line.IsConnect)
        {
            return ApplyAuthority(target, head, needsPort: true) ? null : RequestError.InvalidUrl;
        }

        var isPath = target[0] == (byte)'/' || (target[0] == (byte)'*' && line.Method.SequenceEqual("OPTIONS"u8));
        if (!isPath && settings.AllowAbsoluteUrl)
        {
            return ApplyUrl(target, head, isTls);
        }

        head.Set(HeaderName.Path, target);
        return null;
    }

    /// <summary>The host of the URL counts, whatever the host header says; user information in it is dropped.</summary>
    private static RequestError? ApplyUrl(ReadOnlySpan<byte> url, HeaderMap head, bool isTls)
    {
        var colon = url.IndexOf("://"u8);
        if (colon < 0)
        {
            return RequestError.InvalidUrl;
        }

        var scheme = url[..colon];
        var rest = url[(colon + 3)..];
        var end = rest.IndexOfAny((byte)'/', (byte)'?');
        var authority = end < 0 ? rest : rest[..end];
        if (!ApplyAuthority(authority[(authority.LastIndexOf((byte)'@') + 1)..], head, needsPort: false))
        {
            return RequestError.InvalidUrl;
        }

        head.Set(HeaderName.Path, end < 0 ? "/"u8 : rest[end..]);
        var isHttps = Ascii.EqualsIgnoreCase(scheme, "https"u8);
        if (!isHttps && !Ascii.EqualsIgnoreCase(scheme, "http"u8))
        {
            return RequestError.InvalidScheme;
        }

        head.Set(HeaderName.Scheme, isHttps ? "https"u8 : "http"u8);
        return isHttps && !isTls ? RequestError.HttpsInPlaintext : null;
    }

    /// <summary>A name, an IPv4 address or an IPv6 address in brackets, and a port, which CONNECT must have.</summary>
    private static bool ApplyAuthority(ReadOnlySpan<byte> authority, HeaderMap head, bool needsPort)
    {
        var colon = HostHeader.PortStart(authority);
        if (colon < 0 ? needsPort : !IsPort(authority[(colon + 1)..]))
        {
            return false;
        }

        head.Set(HeaderName.Authority, authority);
        return IsHost(colon < 0 ? authority : authority[..colon]);
    }

    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host is [(byte)'[', .. var inside, (byte)']'])
        {
            return new NetworkAddress(Encoding.ASCII.GetString(inside), 0).Bytes.Length == 16;
        }

        foreach (var b in host)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'.' or (byte)'-' or (byte)'_'))
            {
                return false;
            }
        }

        return !host.IsEmpty;
    }

    private static bool IsPort(ReadOnlySpan<byte> digits) => Utf8Parser.TryParse(digits, out ushort _, out var used) && used == digits.Length;
}
