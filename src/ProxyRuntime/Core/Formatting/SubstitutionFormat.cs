using System.Buffers;
using System.Collections.Immutable;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>A compiled format string with command operators such as <c>%REQ(:PATH)%</c>: access log lines now, header values later.</summary>
public sealed class SubstitutionFormat
{
    /// <summary>Envoy's default access log line.</summary>
    public const string DefaultText =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" "
        + "\"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    private readonly ImmutableArray<FormatSegment> segments;

    private SubstitutionFormat(string text, ImmutableArray<FormatSegment> segments)
    {
        Text = text;
        this.segments = segments;
    }

    /// <summary>The format as written.</summary>
    public string Text { get; }

    /// <summary>Compiles a format.</summary>
    /// <param name="text">Text and operators; <c>%%</c> is a percent sign.</param>
    /// <param name="error">What is wrong with it, in Envoy's words; null if nothing is.</param>
    /// <returns>Null if something is wrong.</returns>
    public static SubstitutionFormat? TryParse(string text, out string? error)
    {
        var parsed = FormatParser.Parse(text, out error);
        return error is null ? new SubstitutionFormat(text, parsed) : null;
    }

    /// <summary>Writes one line as bytes. What is not known is written as <c>-</c>.</summary>
    public void Write(StreamInfo info, IBufferWriter<byte> output)
    {
        foreach (var segment in segments)
        {
            if (!segment.Write(info, output))
            {
                output.Write("-"u8);
            }
        }
    }

    /// <summary>Writes a value for a header or a body: what is not known is left out.</summary>
    public void WriteValue(StreamInfo info, IBufferWriter<byte> output)
    {
        foreach (var segment in segments)
        {
            _ = segment.Write(info, output);
        }
    }
}
