using System.Collections.Immutable;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>The HTTP filters of a connection manager.</summary>
internal sealed class HttpFilterBuilder(BuildContext context)
{
    private const string HttpFilters = "envoy.extensions.filters.http.";
    private static readonly HashSet<string> RouterNames = new(StringComparer.Ordinal) { "envoy.filters.http.router", "envoy.router" };

    public ImmutableArray<HttpFilterSnapshot> BuildAll(IReadOnlyList<HttpFilter> filters)
    {
        var built = ImmutableArray.CreateBuilder<HttpFilterSnapshot>();
        for (var i = 0; i < filters.Count; i++)
        {
            if (IsInPlace(filters[i], last: i == filters.Count - 1, terminal: IsRouter(filters[i])) && Build(filters[i]) is { } snapshot)
            {
                built.Add(snapshot);
            }
        }

        return built.ToImmutable();
    }

    private bool IsRouter(HttpFilter filter) =>
        context.Map.Content(filter.TypedConfig) is Router || (filter.TypedConfig is null && RouterNames.Contains(filter.Name));

    private HttpFilterSnapshot? Build(HttpFilter filter)
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

        return Settings(filter) is { } settings ? new HttpFilterSnapshot(filter.Name, settings, filter.Disabled) : null;
    }

    private IHttpFilterSettings? Settings(HttpFilter filter)
    {
        var any = filter.TypedConfig;
        var type = ConfigTypes.NameOf(any?.TypeUrl ?? "");
        if (any is null || context.Map.IsRefused(any))
        {
            context.Refuse(filter, filter.Name, any, HttpFilters, HttpFilterTable.Names);
            return null;
        }

        if (HttpFilterTable.Find(type) is { } entry && context.Map.Content(any) is { } content)
        {
            return entry.Build(context, content);
        }

        var isTelemetry = HttpFilterTable.IsTelemetryWasm(type, context.Map.Raw(any));
        if ((isTelemetry ? "Istio's own statistics are not kept" : HttpFilterTable.PassThroughReason(type)) is { } reason)
        {
            context.Map.Warn(filter, "typed_config", $"'{filter.Name}' ({type}) lets every request pass here: {reason}");
            context.Map.Settle(any);
            return new PassThroughSettings();
        }

        if (context.Map.AllowUnsupported && type.Length > 0)
        {
            context.Map.Warn(filter, "typed_config", $"'{filter.Name}' ({type}) is not supported yet and lets every request pass, as was asked for");
            context.Map.Settle(any);
            return new PassThroughSettings();
        }

        context.Refuse(filter, filter.Name, any, HttpFilters, HttpFilterTable.Names);
        return null;
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
