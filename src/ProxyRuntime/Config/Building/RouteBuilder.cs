using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;
using RouteMessage = Envoy.Config.Route.V3.Route;
using VirtualHostMessage = Envoy.Config.Route.V3.VirtualHost;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Single routes: what they match, what they do, what they add.</summary>
internal sealed class RouteBuilder(BuildContext context, RouteBuilder.Inherited inherited)
{
    private readonly HeaderMutationBuilder headers = new(context);

    /// <summary>The route; null, with a problem, if its match or its action cannot be had.</summary>
    public Core.Route? Build(RouteMessage route)
    {
        var match = route.Match is null ? null : new RouteMatchBuilder(context).Build(route.Match);
        var action = Action(route, match);
        var perFilterConfig = new PerFilterConfigBuilder(context).Build(route, route.TypedPerFilterConfig);
        var requestHeaders = headers.Build(route.RequestHeadersToAdd, route.RequestHeadersToRemove);
        var responseHeaders = headers.Build(route.ResponseHeadersToAdd, route.ResponseHeadersToRemove);
        if (match is null || action is null)
        {
            return null;
        }

        return new Core.Route
        {
            Name = route.Name,
            Match = match,
            Action = action,
            RequestHeaders = requestHeaders,
            ResponseHeaders = responseHeaders,
            PerFilterConfig = perFilterConfig,
            Metadata = MetadataBuilder.Build(route.Metadata),
            BodyBufferLimit = BufferLimit(route),
            StatPrefix = route.StatPrefix,
            Decorator = route.Decorator is { Operation.Length: > 0 } decorator ? new RouteDecorator(decorator.Operation, decorator.Propagate ?? true) : null,
            Tracing = Tracing(route.Tracing),
        };
    }

    private ActionSnapshot? Action(RouteMessage route, Core.RouteMatch? match)
    {
        switch (route.ActionCase)
        {
            case RouteMessage.ActionOneofCase.Route_:
                return new RouteActionBuilder(context, inherited).Build(route.Route_, match);
            case RouteMessage.ActionOneofCase.Redirect:
                return RedirectBuilder.Build(route.Redirect);
            case RouteMessage.ActionOneofCase.DirectResponse:
                return new DirectResponseBuilder(context).Build(route.DirectResponse, inherited.MaxDirectResponseBytes);
            case RouteMessage.ActionOneofCase.NonForwardingAction:
                return new Core.NonForwardingAction();
            case RouteMessage.ActionOneofCase.FilterAction:
                context.NotSupported(route, "filter_action", "route, redirect, direct_response, non_forwarding_action");
                return null;
            default:
                return null;
        }
    }

    /// <summary>request_body_buffer_limit of the route, else what its virtual host says, else the route's deprecated field – in this order, as in Envoy.</summary>
    private long? BufferLimit(RouteMessage route)
    {
        var host = inherited.VirtualHost;
        return (route.RequestBodyBufferLimit ?? host.RequestBodyBufferLimit ?? host.PerRequestBufferLimitBytes ?? route.PerRequestBufferLimitBytes) is { } limit
            ? (long)Math.Min(limit, long.MaxValue)
            : null;
    }

    private static TraceSampling? Tracing(Tracing? tracing) =>
        tracing is null
            ? null
            : new TraceSampling(
                MatcherBuilder.Percent(tracing.ClientSampling, FractionalPercent.Always),
                MatcherBuilder.Percent(tracing.RandomSampling, FractionalPercent.Always),
                MatcherBuilder.Percent(tracing.OverallSampling, FractionalPercent.Always)
            );

    /// <summary>What routes take from their virtual host and table.</summary>
    /// <param name="VirtualHost">Retry, hedge and buffer policies.</param>
    /// <param name="Mirrors">The mirrors of the virtual host, else of the table.</param>
    /// <param name="MaxDirectResponseBytes">max_direct_response_body_size_bytes.</param>
    public sealed record Inherited(VirtualHostMessage VirtualHost, ImmutableArray<MirrorPolicy> Mirrors, uint MaxDirectResponseBytes);
}
