using Envoy.Config.Core.V3;
using Envoy.Extensions.Formatter.ReqWithoutQuery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshSim.ProxyRuntime.Core;
using MetadataFormatter = Envoy.Extensions.Formatter.Metadata.V3.Metadata;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Formats with command operators, of access logs, header values and bodies.</summary>
internal sealed class FormatBuilder(BuildContext context)
{
    private readonly FormatOptions plain = new() { Environment = context.Map.Environment.Formats };

    /// <summary>SubstitutionFormatString, where there is none the default line; null, with a problem, if it is none that can be used.</summary>
    public SubstitutionFormat? Build(SubstitutionFormatString? format)
    {
        if (format is null)
        {
            return Text(plain, SubstitutionFormat.DefaultText, static _ => { });
        }

        var options = Options(format);
        switch (format.FormatCase)
        {
            case SubstitutionFormatString.FormatOneofCase.TextFormat:
                return Text(options, Line(format.TextFormat), problem => Tell(format, "text_format", problem));
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource:
                return Source(format, options);
            case SubstitutionFormatString.FormatOneofCase.JsonFormat:
                return Json(format, "json_format", format.JsonFormat, options);
            default:
                return Text(options, SubstitutionFormat.DefaultText, static _ => { });
        }
    }

    /// <summary>A JSON object, of one of the deprecated fields.</summary>
    public SubstitutionFormat? Json(IMessage owner, string field, Struct format) => Json(owner, field, format, plain);

    /// <summary>A log line; in Envoy an empty format means the default one.</summary>
    public SubstitutionFormat? Line(IMessage owner, string field, string text) => Text(plain, Line(text), problem => Tell(owner, field, problem));

    /// <summary>The value of a header.</summary>
    public SubstitutionFormat? Text(IMessage owner, string field, string text) => Text(plain, text, problem => Tell(owner, field, problem));

    public BodyFormat? Body(SubstitutionFormatString? format) =>
        format is not null && Build(format) is { } built ? new BodyFormat(built, ContentType(format)) : null;

    private static string Line(string text) => text.Length == 0 ? SubstitutionFormat.DefaultText : text;

    private static SubstitutionFormat? Text(FormatOptions options, string text, Action<FormatProblem> tell) =>
        Text(options, ByteString.CopyFromUtf8(text).Span, tell);

    private static SubstitutionFormat? Text(FormatOptions options, ReadOnlySpan<byte> text, Action<FormatProblem> tell)
    {
        var format = SubstitutionFormat.TryParse(text, options, out var problem);
        if (problem is not null)
        {
            tell(problem);
        }

        return format;
    }

    private SubstitutionFormat? Source(SubstitutionFormatString format, FormatOptions options)
    {
        var source = format.TextFormatSource;
        if (new DataSourceReader(context).Read(format, "text_format_source", source) is not { } bytes)
        {
            return null;
        }

        var field = source.SpecifierCase == DataSource.SpecifierOneofCase.InlineString ? "inline_string" : "inline_bytes";
        return bytes.IsEmpty
            ? Text(options, SubstitutionFormat.DefaultText, static _ => { })
            : Text(options, bytes.Span, problem => Tell(source, field, problem));
    }

    private SubstitutionFormat? Json(IMessage owner, string field, Struct format, FormatOptions options)
    {
        var built = SubstitutionFormat.TryParseJson(MetadataBuilder.Value(format), options, out var problems);
        foreach (var problem in problems)
        {
            Tell(owner, field, problem);
        }

        return built;
    }

    private FormatOptions Options(SubstitutionFormatString format) =>
        plain with
        {
            OmitEmptyValues = format.OmitEmptyValues,
            ReqWithoutQuery = Array.Exists([.. format.Formatters.Select(Formatter)], static formatter => formatter is ReqWithoutQuery),
        };

    private IMessage? Formatter(TypedExtensionConfig formatter) =>
        context.Extension(
            formatter,
            formatter.Name,
            formatter.TypedConfig,
            "envoy.extensions.formatter.",
            ReqWithoutQuery.Descriptor,
            MetadataFormatter.Descriptor
        );

    private void Tell(IMessage owner, string field, FormatProblem problem)
    {
        var text = FormatCheck.Text(problem);
        if (problem.Kind == FormatProblemKind.Unsupported)
        {
            context.Map.Unsupported(owner, field, text);
        }
        else
        {
            context.Map.Problem(owner, field, text);
        }
    }

    private static string ContentType(SubstitutionFormatString format)
    {
        if (format.ContentType.Length > 0)
        {
            return format.ContentType;
        }

        return format.FormatCase == SubstitutionFormatString.FormatOneofCase.JsonFormat ? "application/json" : "text/plain";
    }
}
