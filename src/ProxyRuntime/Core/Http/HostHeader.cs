using System.Buffers;
using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Parts of <c>:authority</c>.</summary>
internal static class HostHeader
{
    private static readonly SearchValues<byte> Allowed = SearchValues.Create(
        "!$%&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~"u8
    );

    /// <summary>Whether it has only bytes that a host may have; it may be empty.</summary>
    public static bool IsValid(ReadOnlySpan<byte> host) => !host.ContainsAnyExcept(Allowed);

    /// <summary>Where the colon before the port stands; −1 if there is none. In <c>[::1]:80</c> it is the one behind the bracket.</summary>
    public static int PortStart(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        return colon >= 0 && host.LastIndexOf((byte)']') < colon ? colon : -1;
    }

    /// <summary>The name or address alone: without port, and without the brackets of an IPv6 address.</summary>
    public static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> authority)
    {
        var colon = PortStart(authority);
        var host = colon < 0 ? authority : authority[..colon];
        return host.Length > 2 && host[0] == (byte)'[' && host[^1] == (byte)']' ? host[1..^1] : host;
    }

    /// <summary>Cuts the port off, if it is a number and, where one is given, that number. Returns whether there was one.</summary>
    public static bool StripPort(HeaderMap request, int? onlyPort)
    {
        var host = request.Get(HeaderName.Authority);
        var colon = PortStart(host);
        if (colon < 0 || !Utf8Parser.TryParse(host[(colon + 1)..], out uint port, out var used) || used != host.Length - colon - 1)
        {
            return false;
        }

        if (onlyPort is { } wanted && port != wanted)
        {
            return false;
        }

        request.Set(HeaderName.Authority, host[..colon]);
        return true;
    }

    /// <summary>Cuts off one dot at the end of the name, before the port.</summary>
    public static void StripTrailingDot(HeaderMap request)
    {
        var host = request.Get(HeaderName.Authority);
        var colon = PortStart(host);
        var end = colon < 0 ? host.Length : colon;
        if (end == 0 || host[end - 1] != (byte)'.')
        {
            return;
        }

        Span<byte> stripped = host.Length <= 512 ? stackalloc byte[host.Length - 1] : new byte[host.Length - 1];
        host[..(end - 1)].CopyTo(stripped);
        host[end..].CopyTo(stripped[(end - 1)..]);
        request.Set(HeaderName.Authority, stripped);
    }

    /// <summary>Gives the request another host; what it was before is kept where asked for.</summary>
    /// <param name="appendForwardedHost">append_x_forwarded_host: the old host is joined to x-forwarded-host unless it stands last there.</param>
    /// <param name="keepOriginal">Writes x-envoy-original-host.</param>
    public static void Rewrite(HeaderMap request, ReadOnlySpan<byte> host, bool appendForwardedHost, bool keepOriginal)
    {
        var old = request.Get(HeaderName.Authority);
        if (!old.IsEmpty)
        {
            if (keepOriginal)
            {
                request.Set(HeaderName.XEnvoyOriginalHost, old);
            }

            if (appendForwardedHost && !EndsWith(request.Get(HeaderName.XForwardedHost), old))
            {
                request.AppendTo(HeaderName.XForwardedHost, request.Get(HeaderName.Authority));
            }
        }

        request.Set(HeaderName.Authority, host);
    }

    private static bool EndsWith(ReadOnlySpan<byte> list, ReadOnlySpan<byte> host)
    {
        var comma = list.TrimEnd(", \t"u8).LastIndexOf((byte)',');
        return list[(comma + 1)..].Trim(", \t"u8).SequenceEqual(host);
    }
}
