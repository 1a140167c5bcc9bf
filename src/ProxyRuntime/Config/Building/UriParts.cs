using System.Buffers;
using System.Globalization;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The parts of a URI of core.v3.HttpUri as Envoy cuts it.</summary>
internal static class UriParts
{
    /// <summary>What stands before <c>://</c>, from there to the next slash, and the rest; a URI without a path has <c>/</c>.</summary>
    public static (string Scheme, string Host, string Path) Of(string uri)
    {
        var mark = uri.IndexOf("://", StringComparison.Ordinal);
        var hostStart = mark < 0 ? 0 : mark + 3;
        var pathStart = uri.IndexOf('/', hostStart);
        var scheme = mark < 0 ? "" : uri[..mark];
        return pathStart < 0 ? (scheme, uri[hostStart..], "/") : (scheme, uri[hostStart..pathStart], uri[pathStart..]);
    }

    /// <summary>True for a URI with a scheme and a host, as Envoy's parser takes it.</summary>
    public static bool IsAbsolute(string uri)
    {
        var mark = uri.IndexOf("://", StringComparison.Ordinal);
        if (mark <= 0 || !uri.AsSpan(0, mark).ContainsOnlyLetters() || uri.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            return false;
        }

        var authority = uri.AsSpan(mark + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        authority = end < 0 ? authority : authority[..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        var bracket = authority.LastIndexOf(']');
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > bracket;
        var host = hasPort ? authority[..colon] : authority;
        return IsHost(host) && (!hasPort || ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static bool IsHost(ReadOnlySpan<char> host) =>
        host is ['[', .. var address, ']']
            ? address.IndexOfAnyExcept(AddressCharacters) < 0 && !address.IsEmpty
            : !host.IsEmpty && host.IndexOfAnyExcept(HostCharacters) < 0;

    private static bool ContainsOnlyLetters(this ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Letters) < 0;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("%.0123456789:ABCDEFabcdef");
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
}
