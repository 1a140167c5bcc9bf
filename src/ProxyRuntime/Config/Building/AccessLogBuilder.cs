using System.Collections.Immutable;
using Envoy.Config.Accesslog.V3;
using Envoy.Extensions.AccessLoggers.File.V3;
using Envoy.Extensions.AccessLoggers.Stream.V3;
using Google.Protobuf;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Access logs to files, standard output and standard error.</summary>
internal sealed class AccessLogBuilder(BuildContext context)
{
    /// <summary>More logs than one filter can tell apart.</summary>
    private const int MaxAccessLogs = 64;

    private readonly FormatBuilder formats = new(context);

    /// <summary>The access logs of a filter.</summary>
    /// <param name="owner">The message with the access_log.</param>
    public ImmutableArray<AccessLogSnapshot> BuildAll(IMessage owner, IReadOnlyCollection<AccessLog> logs)
    {
        if (logs.Count > MaxAccessLogs)
        {
            context.Map.Unsupported(owner, "access_log", $"more than {MaxAccessLogs} access logs are not supported");
        }

        return [.. logs.Select(Build).OfType<AccessLogSnapshot>()];
    }

    public AccessLogSnapshot? Build(AccessLog log)
    {
        var filter = log.Filter is null ? null : new AccessLogFilterBuilder(context).Build(log.Filter);
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
            StdoutAccessLog stdout => (AccessLogSink.Stdout, "", formats.Build(stdout.LogFormat)),
            StderrAccessLog stderr => (AccessLogSink.Stderr, "", formats.Build(stderr.LogFormat)),
            _ => default,
        };
        return format is null ? null : new AccessLogSnapshot(sink, path, format, filter);
    }

    /// <summary>log_format, or one of the forms it replaced.</summary>
    private SubstitutionFormat? Format(FileAccessLog file)
    {
        return file.AccessLogFormatCase switch
        {
            FileAccessLog.AccessLogFormatOneofCase.Format => formats.Line(file, "format", file.Format),
            FileAccessLog.AccessLogFormatOneofCase.JsonFormat => formats.Json(file, "json_format", file.JsonFormat),
            FileAccessLog.AccessLogFormatOneofCase.TypedJsonFormat => formats.Json(file, "typed_json_format", file.TypedJsonFormat),
            _ => formats.Build(file.LogFormat),
        };
    }
}
