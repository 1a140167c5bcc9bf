using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>Whether payloads are found one behind the other, with anything in between.</summary>
internal static class PayloadMatcher
{
    public static bool Matches(ImmutableArray<ReadOnlyMemory<byte>> expected, ReadOnlySpan<byte> received)
    {
        foreach (var payload in expected)
        {
            var found = received.IndexOf(payload.Span);
            if (found < 0)
            {
                return false;
            }

            received = received[(found + payload.Length)..];
        }

        return true;
    }

    /// <summary>The shortest text in which they are found.</summary>
    public static byte[] Concatenate(ImmutableArray<ReadOnlyMemory<byte>> payloads)
    {
        var bytes = new byte[payloads.Sum(static payload => payload.Length)];
        var length = 0;
        foreach (var payload in payloads)
        {
            payload.CopyTo(bytes.AsMemory(length));
            length += payload.Length;
        }

        return bytes;
    }
}
