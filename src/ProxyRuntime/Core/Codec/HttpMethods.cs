using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>The methods that Envoy's HTTP/1.1 parser knows; others are refused unless allow_custom_methods is set.</summary>
internal static class HttpMethods
{
    private static readonly byte[][] Known =
    [
        .. new[]
        {
            "GET",
            "POST",
            "PUT",
            "HEAD",
            "DELETE",
            "OPTIONS",
            "PATCH",
            "CONNECT",
            "TRACE",
            "ACL",
            "BIND",
            "CHECKOUT",
            "COPY",
            "LINK",
            "LOCK",
            "MERGE",
            "MKACTIVITY",
            "MKCALENDAR",
            "MKCOL",
            "MOVE",
            "MSEARCH",
            "NOTIFY",
            "PROPFIND",
            "PROPPATCH",
            "PURGE",
            "REBIND",
            "REPORT",
            "SEARCH",
            "SOURCE",
            "SUBSCRIBE",
            "UNBIND",
            "UNLINK",
            "UNLOCK",
            "UNSUBSCRIBE",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    public static bool IsKnown(ReadOnlySpan<byte> method)
    {
        foreach (var known in Known)
        {
            if (method.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Requests of these methods go without <c>content-length: 0</c> when they have no body.</summary>
    public static bool HasNoBody(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8)
        || method.SequenceEqual("HEAD"u8)
        || method.SequenceEqual("DELETE"u8)
        || method.SequenceEqual("TRACE"u8)
        || method.SequenceEqual("CONNECT"u8);
}
