using System.Buffers.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>How long a response asks to wait: rate_limited_retry_back_off.</summary>
internal static class ResetInterval
{
    /// <summary>
    /// Milliseconds from the first header that can be read and does not ask for more than max_interval; null if there is none such.
    /// A moment that is past counts as none.
    /// </summary>
    public static long? FindMs(RetryPolicySnapshot policy, HeaderMap response, long unixSeconds)
    {
        foreach (var header in policy.ResetHeaders)
        {
            var text = response.Get(header.Name);
            if (text.IsEmpty || !Utf8Parser.TryParse(text, out ulong value, out var used) || used != text.Length || value > long.MaxValue / 1000)
            {
                continue;
            }

            var seconds = header.IsUnixTimestamp ? (long)value - unixSeconds : (long)value;
            if (seconds < 0)
            {
                continue;
            }

            if (seconds * 1000 <= policy.ResetMaxIntervalMs)
            {
                return seconds * 1000;
            }
        }

        return null;
    }
}
