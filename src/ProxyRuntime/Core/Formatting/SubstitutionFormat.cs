using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// A compiled format with command operators such as <c>%REQ(:PATH)%</c>: lines of access logs, values of headers, bodies of replies.
/// A text or a JSON object; immutable, shared by workers.
/// </summary>
public abstract class SubstitutionFormat
{
    /// <summary>Envoy's default access log line.</summary>
    public const string DefaultText =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" "
        + "\"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /// <summary>The names of all operators of Envoy, sorted.</summary>
    public static IReadOnlyCollection<string> OperatorNames => FormatOperators.Names;

    /// <summary>Compiles a text.</summary>
    /// <param name="text">Text and operators; <c>%%</c> is a percent sign.</param>
    /// <param name="error">What is wrong with it, in Envoy's words; null if nothing is.</param>
    /// <returns>Null if something is wrong.</returns>
    public static SubstitutionFormat? TryParse(string text, out string? error)
    {
        var format = TryParse(Encoding.UTF8.GetBytes(text), FormatOptions.Default, out var problem);
        error = problem?.Message;
        return format;
    }

    /// <summary>Compiles a text, which need not be UTF-8.</summary>
    public static SubstitutionFormat? TryParse(ReadOnlySpan<byte> text, FormatOptions options, out FormatProblem? problem)
    {
        var segments = FormatParser.Parse(text, options, out problem);
        return problem is null ? new TextFormat(segments, options.OmitEmptyValues) { Text = text.ToArray() } : null;
    }

    /// <summary>Compiles a JSON object: texts in it are formats, everything else stands for itself. Fields come sorted by name.</summary>
    /// <param name="format">A struct.</param>
    /// <param name="problems">All that is wrong with it.</param>
    /// <returns>Null if something is wrong.</returns>
    public static SubstitutionFormat? TryParseJson(MetadataValue format, FormatOptions options, out IReadOnlyList<FormatProblem> problems)
    {
        var builder = new JsonFormatBuilder(options);
        var root = builder.Object(format);
        problems = builder.Problems;
        return problems.Count == 0 ? new JsonFormat(root) { Json = format } : null;
    }

    /// <summary>What it was compiled from; empty for a JSON object.</summary>
    public ReadOnlyMemory<byte> Text { get; private init; }

    /// <summary>The JSON object it was compiled from; null for a text.</summary>
    public MetadataValue? Json { get; private init; }

    /// <summary>One piece only: an operator, or a text without any.</summary>
    public virtual bool IsSinglePiece => false;

    /// <summary>Writes a line or a body. What is not known is written as <c>-</c>, or left out with omit_empty_values.</summary>
    public abstract void Write(StreamInfo info, ByteBuffer output);

    /// <summary>Writes the value of a header: what is not known is left out.</summary>
    public abstract void WriteValue(StreamInfo info, ByteBuffer output);
}
