using System.Collections.Immutable;
using Envoy.Config.Core.V3;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What health checks send and wait for: hexadecimal text, or bytes.</summary>
internal static class HealthPayload
{
    /// <summary>The bytes; empty for no payload, or for one whose problem the checks have told.</summary>
    public static ReadOnlyMemory<byte> Bytes(HealthCheck.Types.Payload? payload)
    {
        if (payload?.PayloadCase != HealthCheck.Types.Payload.PayloadOneofCase.Text)
        {
            return payload?.Binary.Memory ?? default;
        }

        return TryParseHex(payload.Text, out var bytes) ? bytes : default(ReadOnlyMemory<byte>);
    }

    /// <summary>Payloads that are not empty.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> All(IEnumerable<HealthCheck.Types.Payload> payloads) =>
        [.. payloads.Select(Bytes).Where(static bytes => !bytes.IsEmpty)];

    /// <summary>Pairs of hexadecimal digits, one at least.</summary>
    public static bool TryParseHex(string text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length == 0 || text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        bytes = Convert.FromHexString(text);
        return true;
    }
}
