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

        var content = context.Extension(
            log,
            log.Name,
            log.TypedConfig,
            "envoy.extensions.access_loggers.",
            FileAccessLog.Descriptor,
            StdoutAccessLog.Descriptor,
            StderrAccessLog.Descriptor
        );
        var (sink, path, format) = content switch
        {
            FileAccessLog file => (AccessLogSink.File, file.Path, Format(file)),
            StdoutAccessLog stdout => (AccessLogSink.Stdout, "", Format(stdout.LogFormat)),
            StderrAccessLog stderr => (AccessLogSink.Stderr, "", Format(stderr.LogFormat)),
            _ => default,
        };
        return format is null ? null : new AccessLogSnapshot(sink, path, format);
    }

    /// <summary>log_format, or one of the forms it replaced.</summary>
    private SubstitutionFormat? Format(FileAccessLog file)
    {
        context.NotSupported(file, ["json_format", "typed_json_format"], "log_format with text_format_source");
        return file.AccessLogFormatCase == FileAccessLog.AccessLogFormatOneofCase.Format ? Parse(file, "format", file.Format) : Format(file.LogFormat);
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
                context.NotSupported(format, "text_format_source", "inline_string in it");
                return null;
            default:
                context.NotSupported(format, "json_format", "text_format_source, text_format");
                return null;
        }
    }

    private SubstitutionFormat? Parse(Google.Protobuf.IMessage owner, string field, string text)
    {
        // In Envoy an empty format means the default one.
        var format = FormatCheck.Compile(text.Length == 0 ? SubstitutionFormat.DefaultText : text, out var error, out var unsupported);
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
}
