using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>strict_check_headers: control headers whose value must be well formed.</summary>
internal static class StrictHeaders
{
    /// <summary>The refusal of the first header with a value that cannot be read; null if there is none.</summary>
    public static LocalReply? Find(ImmutableArray<HeaderName> names, HeaderMap request)
    {
        foreach (var name in names)
        {
            if (request.TryGet(name, out var value) && !IsValid(name, value))
            {
                return new LocalReply(
                    400,
                    LocalReply.Text($"invalid header '{name}' with value '{Encoding.Latin1.GetString(value)}'"),
                    ResponseFlag.InvalidEnvoyRequestHeaders,
                    $"request_headers_failed_strict_check{{{name}}}"
                );
            }
        }

        return null;
    }

    private static bool IsValid(HeaderName name, ReadOnlySpan<byte> value)
    {
        if (name == HeaderName.XEnvoyRetryOn || name == HeaderName.XEnvoyRetryGrpcOn)
        {
            _ = RetryOnTokens.ParseHeader(value, grpc: name == HeaderName.XEnvoyRetryGrpcOn, out var allKnown);
            return allKnown;
        }

        return Utf8Parser.TryParse(value, out ulong _, out var used) && used == value.Length;
    }
}
