using System.Collections.Immutable;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The HTTP connection manager: routes, filters, logs, timeouts.</summary>
internal sealed class ConnectionManagerBuilder(BuildContext context, HashSet<string> clusters)
{
    private static readonly HashSet<string> RouterNames = new(StringComparer.Ordinal) { "envoy.filters.http.router", "envoy.router" };

    public HttpConnectionManagerSnapshot Build(HttpConnectionManager manager, uint? bufferLimit)
    {
        var common = manager.CommonHttpProtocolOptions;
        return new HttpConnectionManagerSnapshot
        {
            StatPrefix = manager.StatPrefix,
            RouteTable = Routes(manager),
            HttpFilters = Filters(manager),
            AccessLogs = [.. manager.AccessLog.Select(log => new AccessLogBuilder(context).Build(log)).OfType<AccessLogSnapshot>()],
            ServerName = manager.ServerName.Length > 0 ? manager.ServerName : "envoy",
            UseRemoteAddress = manager.UseRemoteAddress ?? false,
            GenerateRequestId = manager.GenerateRequestId ?? true,
            PreserveExternalRequestId = manager.PreserveExternalRequestId,
            AlwaysSetRequestIdInResponse = manager.AlwaysSetRequestIdInResponse,
            StreamIdleTimeoutNs = context.Nanoseconds(
                manager,
                "stream_idle_timeout",
                manager.StreamIdleTimeout,
                HttpConnectionManagerSnapshot.DefaultStreamIdleTimeoutNs
            ),
            RequestTimeoutNs = context.Nanoseconds(manager, "request_timeout", manager.RequestTimeout, 0),
            IdleTimeoutNs = common is null
                ? HttpConnectionManagerSnapshot.DefaultIdleTimeoutNs
                : context.Nanoseconds(common, "idle_timeout", common.IdleTimeout, HttpConnectionManagerSnapshot.DefaultIdleTimeoutNs),
            DrainTimeoutNs = context.Nanoseconds(manager, "drain_timeout", manager.DrainTimeout, 5 * MonotonicTime.NanosecondsPerSecond),
            DelayedCloseTimeoutNs = context.Nanoseconds(manager, "delayed_close_timeout", manager.DelayedCloseTimeout, MonotonicTime.NanosecondsPerSecond),
            BufferLimitBytes = bufferLimit ?? HttpConnectionManagerSnapshot.DefaultBufferLimitBytes,
            MaxRequestHeadersKb = (int)(manager.MaxRequestHeadersKb ?? HttpConnectionManagerSnapshot.DefaultMaxRequestHeadersKb),
            MaxHeadersCount = (int)(common?.MaxHeadersCount ?? HttpConnectionManagerSnapshot.DefaultMaxHeadersCount),
        };
    }

    private RouteTable Routes(HttpConnectionManager manager)
    {
        if (manager.CodecType is HttpConnectionManager.Types.CodecType.Http2 or HttpConnectionManager.Types.CodecType.Http3)
        {
            context.NotSupported(manager, "codec_type", "AUTO, HTTP1");
        }

        if (manager.RouteConfig is { } routes)
        {
            return new RouteTableBuilder(context, clusters).Build(routes);
        }

        if (manager.RouteSpecifierCase != HttpConnectionManager.RouteSpecifierOneofCase.None)
        {
            context.NotSupported(manager, manager.Rds is null ? "scoped_routes" : "rds", "route_config");
        }

        return new RouteTable("", []);
    }

    private ImmutableArray<HttpFilterSnapshot> Filters(HttpConnectionManager manager)
    {
        var built = ImmutableArray.CreateBuilder<HttpFilterSnapshot>();
        var filters = manager.HttpFilters;
        for (var i = 0; i < filters.Count; i++)
        {
            var last = i == filters.Count - 1;
            if (Filter(filters[i]) is { } router)
            {
                built.Add(router);
                CheckPlace(filters[i], last);
            }
        }

        return built.ToImmutable();
    }

    private HttpFilterSnapshot? Filter(HttpFilter filter)
    {
        if (filter.TypedConfig is null && RouterNames.Contains(filter.Name))
        {
            context.Map.Warn(
                filter,
                "name",
                "a filter given by name alone was accepted by old releases of Envoy and is refused by new ones; taken as envoy.extensions.filters.http.router.v3.Router"
            );
            return new HttpFilterSnapshot(filter.Name, new RouterSettings());
        }

        switch (context.Extension(filter, filter.Name, filter.TypedConfig))
        {
            case Router router:
                return new HttpFilterSnapshot(
                    filter.Name,
                    new RouterSettings { DynamicStats = router.DynamicStats ?? true, SuppressEnvoyHeaders = router.SuppressEnvoyHeaders }
                );
            case { } other:
                context.Map.Unsupported(
                    filter,
                    "typed_config",
                    $"HTTP filter '{filter.Name}' ({other.Descriptor.FullName}) is not supported yet; accepted: {Router.Descriptor.FullName}"
                );
                return null;
            default:
                return null;
        }
    }

    private void CheckPlace(HttpFilter filter, bool last)
    {
        if (!last)
        {
            context.Map.Problem(
                filter,
                "name",
                $"Error: terminal filter named {filter.Name} of type envoy.filters.http.router must be the last filter in a http filter chain."
            );
        }
        else if (filter.Disabled)
        {
            context.Map.Problem(filter, "disabled", $"Error: the last (terminal) filter ({filter.Name}) in the chain cannot be disabled by default.");
        }
    }
}
