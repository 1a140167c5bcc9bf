using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>x-ratelimit-limit, -remaining and -reset, draft 03 of the RateLimit header fields.</summary>
internal static class XRateLimitHeaders
{
    /// <summary>Adds a line beside those that are there.</summary>
    public static void Add(HeaderMap head, HeaderName name, ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out var length);
        head.Add(name, digits[..length]);
    }
}
