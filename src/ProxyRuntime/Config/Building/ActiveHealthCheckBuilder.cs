using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.HealthCheck.EventSinks.File.V3;
using Envoy.Type.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>health_checks of a cluster.</summary>
internal sealed class ActiveHealthCheckBuilder(BuildContext context)
{
    public ImmutableArray<HealthCheckSnapshot> BuildAll(Cluster cluster) => [.. cluster.HealthChecks.Select(Build).OfType<HealthCheckSnapshot>()];

    private HealthCheckSnapshot? Build(HealthCheck check)
    {
        context.NotSupported(check, ["custom_health_check"], "http_health_check, tcp_health_check, grpc_health_check");
        if (Probe(check) is not { } probe)
        {
            return null;
        }

        var interval = BuildContext.MillisecondsNs(check.Interval, 0);
        var built = new HealthCheckSnapshot
        {
            Name = check.Name,
            Probe = probe,
            TimeoutNs = BuildContext.MillisecondsNs(check.Timeout, 0),
            IntervalNs = interval,
            UnhealthyThreshold = check.UnhealthyThreshold ?? 0,
            HealthyThreshold = check.HealthyThreshold ?? 0,
            InitialJitterNs = BuildContext.MillisecondsNs(check.InitialJitter, 0),
            IntervalJitterNs = BuildContext.MillisecondsNs(check.IntervalJitter, 0),
            IntervalJitterPercent = check.IntervalJitterPercent,
            ReuseConnection = check.ReuseConnection ?? true,
            AlwaysLogFailures = check.AlwaysLogHealthCheckFailures,
            AlwaysLogSuccess = check.AlwaysLogHealthCheckSuccess,
            EventLogPaths = EventLogPaths(check),
        };
        return WithIntervals(built, check);
    }

    /// <summary>Those that are not given follow from the others.</summary>
    private static HealthCheckSnapshot WithIntervals(HealthCheckSnapshot built, HealthCheck check)
    {
        built = built with { NoTrafficIntervalNs = BuildContext.MillisecondsNs(check.NoTrafficInterval, built.NoTrafficIntervalNs) };
        built = built with { UnhealthyIntervalNs = BuildContext.MillisecondsNs(check.UnhealthyInterval, built.UnhealthyIntervalNs) };
        return built with
        {
            NoTrafficHealthyIntervalNs = BuildContext.MillisecondsNs(check.NoTrafficHealthyInterval, built.NoTrafficIntervalNs),
            UnhealthyEdgeIntervalNs = BuildContext.MillisecondsNs(check.UnhealthyEdgeInterval, built.UnhealthyIntervalNs),
            HealthyEdgeIntervalNs = BuildContext.MillisecondsNs(check.HealthyEdgeInterval, built.IntervalNs),
        };
    }

    private ProbeSnapshot? Probe(HealthCheck check) =>
        check.HealthCheckerCase switch
        {
            HealthCheck.HealthCheckerOneofCase.HttpHealthCheck => Http(check.HttpHealthCheck),
            HealthCheck.HealthCheckerOneofCase.TcpHealthCheck => Tcp(check.TcpHealthCheck),
            HealthCheck.HealthCheckerOneofCase.GrpcHealthCheck => Grpc(check.GrpcHealthCheck),
            _ => null,
        };

    private HttpProbeSnapshot Http(HealthCheck.Types.HttpHealthCheck http)
    {
        if (http.CodecClientType == CodecClientType.Http3)
        {
            context.NotSupported(http, "codec_client_type", "HTTP1");
        }

        var built = new HttpProbeSnapshot(http.Path)
        {
            Host = http.Host,
            Method = http.Method == RequestMethod.MethodUnspecified ? "GET" : http.Method.ToString().ToUpperInvariant(),
            Send = HealthPayload.Bytes(http.Send),
            Receive = HealthPayload.All(http.Receive),
            ResponseBufferSize = (long)Math.Min(http.ResponseBufferSize ?? 1024, long.MaxValue),
            RequestHeaders = new HeaderMutationBuilder(context).Build(http.RequestHeadersToAdd, http.RequestHeadersToRemove),
            RetriableStatuses = Ranges(http.RetriableStatuses),
            ServiceNameMatcher = new MatcherBuilder(context).Text(http.ServiceNameMatcher),
            IsHttp2 = http.CodecClientType == CodecClientType.Http2,
        };
        return http.ExpectedStatuses.Count == 0 ? built : built with { ExpectedStatuses = Ranges(http.ExpectedStatuses) };
    }

    private TcpProbeSnapshot Tcp(HealthCheck.Types.TcpHealthCheck tcp)
    {
        context.NotSupported(tcp, ["proxy_protocol_config"], "send, receive");
        return new TcpProbeSnapshot { Send = HealthPayload.Bytes(tcp.Send), Receive = HealthPayload.All(tcp.Receive) };
    }

    private GrpcProbeSnapshot Grpc(HealthCheck.Types.GrpcHealthCheck grpc) =>
        new()
        {
            ServiceName = grpc.ServiceName,
            Authority = grpc.Authority,
            InitialMetadata = new HeaderMutationBuilder(context).Build(grpc.InitialMetadata, []),
        };

    private ImmutableArray<string> EventLogPaths(HealthCheck check)
    {
        const string Category = "envoy.extensions.health_check.event_sinks.";
        var paths = ImmutableArray.CreateBuilder<string>();
        foreach (var sink in check.EventLogger)
        {
            if (context.Extension(sink, sink.Name, sink.TypedConfig, Category, HealthCheckEventFileSink.Descriptor) is HealthCheckEventFileSink file)
            {
                paths.Add(file.EventLogPath);
            }
        }

        if (check.EventLogPath.Length > 0)
        {
            paths.Add(check.EventLogPath);
        }

        return paths.ToImmutable();
    }

    private static ImmutableArray<StatusRange> Ranges(IEnumerable<Int64Range> ranges) =>
        [.. ranges.Select(static range => new StatusRange((int)Math.Clamp(range.Start, 0, 999), (int)Math.Clamp(range.End, 0, 999)))];
}
