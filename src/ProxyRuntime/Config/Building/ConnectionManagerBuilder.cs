using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.RequestId.Uuid.V3;
using MeshSim.ProxyRuntime.Core;
using ManagerTypes = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The HTTP connection manager: routes, filters, logs, timeouts, and what it does to a request's headers.</summary>
internal sealed class ConnectionManagerBuilder(BuildContext context)
{
    /// <param name="bufferLimit">per_connection_buffer_limit_bytes of the listener.</param>
    public HttpConnectionManagerSnapshot Build(HttpConnectionManager manager, uint? bufferLimit)
    {
        RefuseOthers(manager);
        var requestId = RequestId(manager);
        return WithTimeouts(
            new HttpConnectionManagerSnapshot
            {
                StatPrefix = manager.StatPrefix,
                RouteTable = Routes(manager),
                HttpFilters = new HttpFilterBuilder(context).BuildAll(manager.HttpFilters),
                AccessLogs = new AccessLogBuilder(context).BuildAll(manager, manager.AccessLog),
                LocalReply = new LocalReplyBuilder(context).Build(manager.LocalReplyConfig),
                ClientAddress = new ClientAddressBuilder(context).Build(manager),
                PathHandling = new PathHandling(manager.NormalizePath ?? false, manager.MergeSlashes, EscapedSlashes(manager)),
                HostHandling = new HostHandling(manager.StripMatchingHostPort, manager.StripAnyHostPort, manager.StripTrailingHostDot),
                ServerName = manager.ServerName.Length > 0 ? manager.ServerName : "envoy",
                ServerHeader = (ServerHeaderTransformation)(int)manager.ServerHeaderTransformation,
                Via = manager.Via,
                AddUserAgent = manager.AddUserAgent ?? false,
                SchemeToOverwrite = manager.SchemeHeaderTransformation?.SchemeToOverwrite ?? "",
                ForwardClientCert = (ForwardClientCert)(int)manager.ForwardClientCertDetails,
                ClientCertDetails = manager.SetCurrentClientCertDetails is { } details
                    ? new ClientCertDetails(details.Subject ?? false, details.Cert, details.Chain, details.Dns, details.Uri)
                    : default,
                GenerateRequestId = manager.GenerateRequestId ?? true,
                PreserveExternalRequestId = manager.PreserveExternalRequestId,
                AlwaysSetRequestIdInResponse = manager.AlwaysSetRequestIdInResponse,
                PackTraceReason = requestId?.PackTraceReason ?? true,
                UseRequestIdForTraceSampling = requestId?.UseRequestIdForTraceSampling ?? true,
                Tracing = manager.Tracing is { } tracing
                    ? new TraceSampling(
                        MatcherBuilder.Percent(tracing.ClientSampling, FractionalPercent.Always),
                        MatcherBuilder.Percent(tracing.RandomSampling, FractionalPercent.Always),
                        MatcherBuilder.Percent(tracing.OverallSampling, FractionalPercent.Always)
                    )
                    : null,
                Proxy100Continue = manager.Proxy100Continue,
                Upgrades = [.. manager.UpgradeConfigs.Select(static upgrade => (upgrade.UpgradeType.ToLowerInvariant(), upgrade.Enabled ?? true))],
                Http1 = new Http1SettingsBuilder(context).Downstream(manager.HttpProtocolOptions, manager.CommonHttpProtocolOptions),
                BufferLimitBytes = bufferLimit ?? HttpConnectionManagerSnapshot.DefaultBufferLimitBytes,
                StreamErrorOnInvalidMessage =
                    manager.StreamErrorOnInvalidHttpMessage ?? manager.HttpProtocolOptions?.OverrideStreamErrorOnInvalidHttpMessage ?? false,
            },
            manager
        );
    }

    private static HttpConnectionManagerSnapshot WithTimeouts(HttpConnectionManagerSnapshot snapshot, HttpConnectionManager manager)
    {
        var common = manager.CommonHttpProtocolOptions;
        return snapshot with
        {
            StreamIdleTimeoutNs = BuildContext.MillisecondsNs(manager.StreamIdleTimeout, HttpConnectionManagerSnapshot.DefaultStreamIdleTimeoutNs),
            RequestTimeoutNs = BuildContext.MillisecondsNs(manager.RequestTimeout, 0),
            RequestHeadersTimeoutNs = BuildContext.MillisecondsNs(manager.RequestHeadersTimeout, 0),
            MaxStreamDurationNs = BuildContext.MillisecondsNs(common?.MaxStreamDuration, 0),
            IdleTimeoutNs = BuildContext.MillisecondsNs(common?.IdleTimeout, HttpConnectionManagerSnapshot.DefaultIdleTimeoutNs),
            MaxConnectionDurationNs = BuildContext.MillisecondsNs(common?.MaxConnectionDuration, 0),
            MaxRequestsPerConnection = (int)Math.Min(common?.MaxRequestsPerConnection ?? 0, int.MaxValue),
            DrainTimeoutNs = BuildContext.MillisecondsNs(manager.DrainTimeout, 5 * MonotonicTime.NanosecondsPerSecond),
            DelayedCloseTimeoutNs = BuildContext.MillisecondsNs(manager.DelayedCloseTimeout, MonotonicTime.NanosecondsPerSecond),
            MaxRequestHeadersKb = (int)Math.Min(manager.MaxRequestHeadersKb ?? HttpConnectionManagerSnapshot.DefaultMaxRequestHeadersKb, int.MaxValue),
            MaxHeadersCount = (int)Math.Min(common?.MaxHeadersCount ?? HttpConnectionManagerSnapshot.DefaultMaxHeadersCount, int.MaxValue),
        };
    }

    /// <summary>Fields that change what a request is or where it goes, and that do not act here yet.</summary>
    private void RefuseOthers(HttpConnectionManager manager)
    {
        context.NotSupported(
            manager,
            [
                "early_header_mutation_extensions",
                "forward_client_cert_matcher",
                "forward_proto_config",
                "path_normalization_options",
                "typed_header_validation_config",
            ],
            "the other fields of the connection manager"
        );
        foreach (var upgrade in manager.UpgradeConfigs)
        {
            context.NotSupported(upgrade, ["filters"], "upgrade_type, enabled");
        }
    }

    private RouteTable Routes(HttpConnectionManager manager)
    {
        if (manager.CodecType is ManagerTypes.CodecType.Http2 or ManagerTypes.CodecType.Http3)
        {
            context.NotSupported(manager, "codec_type", "AUTO, HTTP1");
        }

        if (manager.RouteConfig is { } routes)
        {
            return new RouteTableBuilder(context).Build(routes);
        }

        if (manager.RouteSpecifierCase != HttpConnectionManager.RouteSpecifierOneofCase.None)
        {
            context.NotSupported(manager, manager.Rds is null ? "scoped_routes" : "rds", "route_config");
        }

        return new RouteTable("", []);
    }

    private static EscapedSlashesAction EscapedSlashes(HttpConnectionManager manager) =>
        manager.PathWithEscapedSlashesAction switch
        {
            ManagerTypes.PathWithEscapedSlashesAction.RejectRequest => EscapedSlashesAction.RejectRequest,
            ManagerTypes.PathWithEscapedSlashesAction.UnescapeAndRedirect => EscapedSlashesAction.UnescapeAndRedirect,
            ManagerTypes.PathWithEscapedSlashesAction.UnescapeAndForward => EscapedSlashesAction.UnescapeAndForward,
            _ => EscapedSlashesAction.KeepUnchanged,
        };

    private UuidRequestIdConfig? RequestId(HttpConnectionManager manager) =>
        manager.RequestIdExtension is { TypedConfig: { } any } extension
            ? context.Extension(extension, "envoy.request_id.uuid", any, "envoy.extensions.request_id.", UuidRequestIdConfig.Descriptor) as UuidRequestIdConfig
            : null;
}
