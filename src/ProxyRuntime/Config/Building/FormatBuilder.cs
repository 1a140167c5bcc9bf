using Envoy.Config.Core.V3;
using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Formats with command operators, of access logs, header values and bodies.</summary>
internal sealed class FormatBuilder(BuildContext context)
{
    /// <summary>SubstitutionFormatString; null, with a problem, if it is none that can be used.</summary>
    public SubstitutionFormat? Build(SubstitutionFormatString? format)
    {
        switch (format?.FormatCase)
        {
            case null or SubstitutionFormatString.FormatOneofCase.None:
                return SubstitutionFormat.TryParse(SubstitutionFormat.DefaultText, out _);
            case SubstitutionFormatString.FormatOneofCase.TextFormat:
                return Line(format, "text_format", format.TextFormat);
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource
                when format.TextFormatSource.SpecifierCase == DataSource.SpecifierOneofCase.InlineString:
                return Line(format.TextFormatSource, "inline_string", format.TextFormatSource.InlineString);
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource:
                context.NotSupported(format, "text_format_source", "inline_string in it");
                return null;
            default:
                context.NotSupported(format, "json_format", "text_format_source, text_format");
                return null;
        }
    }

    /// <summary>A log line; in Envoy an empty format means the default one.</summary>
    public SubstitutionFormat? Line(IMessage owner, string field, string text) => Text(owner, field, text.Length == 0 ? SubstitutionFormat.DefaultText : text);

    public SubstitutionFormat? Text(IMessage owner, string field, string text)
    {
        var format = FormatCheck.Compile(text, out var error, out var unsupported);
        if (unsupported)
        {
            context.Map.Unsupported(owner, field, error!);
        }
        else if (error is not null)
        {
            context.Map.Problem(owner, field, error);
        }

        return format;
    }

    public BodyFormat? Body(SubstitutionFormatString? format) =>
        format is not null && Build(format) is { } built ? new BodyFormat(built, ContentType(format)) : null;

    private static string ContentType(SubstitutionFormatString format)
    {
        if (format.ContentType.Length > 0)
        {
            return format.ContentType;
        }

        return format.FormatCase == SubstitutionFormatString.FormatOneofCase.JsonFormat ? "application/json" : "text/plain";
    }
}
