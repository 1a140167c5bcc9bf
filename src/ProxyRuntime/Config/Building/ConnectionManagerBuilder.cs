using System.Collections.Immutable;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The HTTP connection manager: routes, filters, logs, timeouts.</summary>
internal sealed class ConnectionManagerBuilder(BuildContext context)
{
    private const string HttpFilters = "envoy.extensions.filters.http.";
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
            StreamIdleTimeoutNs = BuildContext.Nanoseconds(manager.StreamIdleTimeout, HttpConnectionManagerSnapshot.DefaultStreamIdleTimeoutNs),
            RequestTimeoutNs = BuildContext.Nanoseconds(manager.RequestTimeout, 0),
            IdleTimeoutNs = common is null
                ? HttpConnectionManagerSnapshot.DefaultIdleTimeoutNs
                : BuildContext.Nanoseconds(common.IdleTimeout, HttpConnectionManagerSnapshot.DefaultIdleTimeoutNs),
            DrainTimeoutNs = BuildContext.Nanoseconds(manager.DrainTimeout, 5 * MonotonicTime.NanosecondsPerSecond),
            DelayedCloseTimeoutNs = BuildContext.Nanoseconds(manager.DelayedCloseTimeout, MonotonicTime.NanosecondsPerSecond),
            BufferLimitBytes = bufferLimit ?? HttpConnectionManagerSnapshot.DefaultBufferLimitBytes,
            MaxRequestHeadersKb = (int)Math.Min(manager.MaxRequestHeadersKb ?? HttpConnectionManagerSnapshot.DefaultMaxRequestHeadersKb, int.MaxValue),
            MaxHeadersCount = (int)Math.Min(common?.MaxHeadersCount ?? HttpConnectionManagerSnapshot.DefaultMaxHeadersCount, int.MaxValue),
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
            return new RouteTableBuilder(context).Build(routes);
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
            if (IsInPlace(filters[i], last: i == filters.Count - 1, terminal: IsRouter(filters[i])) && Filter(filters[i]) is { } snapshot)
            {
                built.Add(snapshot);
            }
        }

        return built.ToImmutable();
    }

    private bool IsRouter(HttpFilter filter) =>
        context.Map.Content(filter.TypedConfig) is Router || (filter.TypedConfig is null && RouterNames.Contains(filter.Name));

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

        if (filter.ConfigDiscovery is not null)
        {
            context.NotSupported(filter, "config_discovery", "typed_config");
            return null;
        }

        return context.Extension(filter, filter.Name, filter.TypedConfig, HttpFilters, Router.Descriptor) is Router router
            ? new HttpFilterSnapshot(
                filter.Name,
                new RouterSettings { DynamicStats = router.DynamicStats ?? true, SuppressEnvoyHeaders = router.SuppressEnvoyHeaders }
            )
            : null;
    }

    /// <summary>False, with a problem, for a filter that cannot stand where it does.</summary>
    private bool IsInPlace(HttpFilter filter, bool last, bool terminal)
    {
        if (terminal && !last)
        {
            context.Map.Problem(
                filter,
                "name",
                $"Error: terminal filter named {filter.Name} of type envoy.filters.http.router must be the last filter in a http filter chain."
            );
            return false;
        }

        if (terminal && filter.Disabled)
        {
            context.Map.Problem(filter, "disabled", $"Error: the last (terminal) filter ({filter.Name}) in the chain cannot be disabled by default.");
            return false;
        }

        if (last && !terminal && context.Map.Content(filter.TypedConfig)?.Descriptor.FullName is { } type && BuildContext.IsOf(HttpFilters, type))
        {
            context.Map.Problem(
                filter,
                "name",
                $"Error: non-terminal filter named {filter.Name} of type {type} is the last filter in a http filter chain; accepted there: {Router.Descriptor.FullName}"
            );
            return false;
        }

        return true;
    }
}
