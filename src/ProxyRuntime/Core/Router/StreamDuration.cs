using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>x-envoy-upstream-stream-duration-ms: how long an attempt may take altogether.</summary>
internal static class StreamDuration
{
    /// <summary>The header's value in nanoseconds, which it takes off the request; null if it is absent or no number.</summary>
    public static long? Take(HeaderMap request)
    {
        if (!request.TryGet(HeaderName.XEnvoyUpstreamStreamDurationMs, out var text))
        {
            return null;
        }

        var valid = Utf8Parser.TryParse(text, out ulong milliseconds, out var used) && used == text.Length;
        _ = request.Remove(HeaderName.XEnvoyUpstreamStreamDurationMs);
        return valid ? MonotonicTime.DurationNs(milliseconds) : null;
    }
}
