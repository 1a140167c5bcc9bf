using Envoy.Config.Accesslog.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Stream.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Access logs to files, standard output and standard error.</summary>
internal sealed class AccessLogBuilder(BuildContext context)
{
    public AccessLogSnapshot? Build(AccessLog log)
    {
        if (log.Filter is not null)
        {
            context.NotSupported(log, "filter", "a log of every request");
        }

        switch (context.Extension(log, log.Name, log.TypedConfig))
        {
            case FileAccessLog file:
                if (file.AccessLogFormatCase is FileAccessLog.AccessLogFormatOneofCase.JsonFormat or FileAccessLog.AccessLogFormatOneofCase.TypedJsonFormat)
                {
                    context.Map.Unsupported(file, "log_format", "JSON formats are not supported yet; accepted: text formats");
                }

                var format =
                    file.AccessLogFormatCase == FileAccessLog.AccessLogFormatOneofCase.Format ? Parse(file, "format", file.Format) : Format(file.LogFormat);
                return format is null ? null : new AccessLogSnapshot(AccessLogSink.File, file.Path, format);
            case StdoutAccessLog stdout:
                return Format(stdout.LogFormat) is { } outFormat ? new AccessLogSnapshot(AccessLogSink.Stdout, "", outFormat) : null;
            case StderrAccessLog stderr:
                return Format(stderr.LogFormat) is { } errFormat ? new AccessLogSnapshot(AccessLogSink.Stderr, "", errFormat) : null;
            case { } other:
                context.Map.Unsupported(log, "typed_config", $"access log {other.Descriptor.FullName} is not supported yet; accepted: file, stdout, stderr");
                return null;
            default:
                return null;
        }
    }

    private SubstitutionFormat? Format(SubstitutionFormatString? format)
    {
        switch (format?.FormatCase)
        {
            case null or SubstitutionFormatString.FormatOneofCase.None:
                return SubstitutionFormat.TryParse(SubstitutionFormat.DefaultText, out _);
            case SubstitutionFormatString.FormatOneofCase.TextFormat:
                return Parse(format, "text_format", format.TextFormat);
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource
                when format.TextFormatSource.SpecifierCase == DataSource.SpecifierOneofCase.InlineString:
                return Parse(format.TextFormatSource, "inline_string", format.TextFormatSource.InlineString);
            case SubstitutionFormatString.FormatOneofCase.TextFormatSource:
                context.Map.Unsupported(format, "text_format_source", "only 'inline_string' is supported yet");
                return null;
            default:
                context.NotSupported(format, "json_format", "text_format_source, text_format");
                return null;
        }
    }

    private SubstitutionFormat? Parse(Google.Protobuf.IMessage owner, string field, string text)
    {
        // In Envoy an empty format means the default one.
        var format = SubstitutionFormat.TryParse(text.Length == 0 ? SubstitutionFormat.DefaultText : text, out var error);
        if (error is not null)
        {
            context.Map.Problem(owner, field, error);
        }

        return format;
    }
}
