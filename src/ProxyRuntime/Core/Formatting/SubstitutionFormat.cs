#pragma warning disable MA0025, CA1822, CA1065, IDE0060
using System.Buffers;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A compiled format string with command operators such as <c>%REQ(:PATH)%</c>: access log lines now, header values later.</summary>
public sealed class SubstitutionFormat
{
    /// <summary>Envoy's default access log line.</summary>
    public const string DefaultText =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" "
        + "\"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /// <summary>Compiles a format.</summary>
    /// <param name="text">Text and operators.</param>
    /// <param name="error">What is wrong with it, in Envoy's words; null if nothing is.</param>
    public static SubstitutionFormat? TryParse(string text, out string? error) => throw new NotImplementedException();

    /// <summary>Writes one line as Latin-1 bytes.</summary>
    public void Write(StreamInfo info, IBufferWriter<byte> output) => throw new NotImplementedException();
}
