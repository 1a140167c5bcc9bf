using Envoy.Config.Route.V3;
using MeshSim.ProxyRuntime.Core;
using Route = Envoy.Config.Route.V3.Route;
using RouteAction = Envoy.Config.Route.V3.RouteAction;
using RouteMatch = Envoy.Config.Route.V3.RouteMatch;
using VirtualHost = Envoy.Config.Route.V3.VirtualHost;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Route tables: virtual hosts, matches, actions.</summary>
internal sealed class RouteTableBuilder(BuildContext context)
{
    public RouteTable Build(RouteConfiguration table)
    {
        context.NotSupported(table, ["vhds"], "virtual_hosts");
        return new RouteTable(table.Name, [.. table.VirtualHosts.Select(Build)]);
    }

    private Core.VirtualHost Build(VirtualHost host)
    {
        context.NotSupported(host, ["matcher", "require_tls", "hedge_policy", "retry_policy_typed_config"], "name, domains, routes, retry_policy");
        return new()
        {
            Name = host.Name,
            Domains = [.. host.Domains],
            IncludeRequestAttemptCount = host.IncludeRequestAttemptCount,
            Routes = [.. host.Routes.Select(route => Build(host, route)).OfType<Core.Route>()],
        };
    }

    private Core.Route? Build(VirtualHost host, Route route)
    {
        var match = route.Match is null ? null : Match(route.Match);
        var action = Action(host, route);
        return match is null || action is null
            ? null
            : new Core.Route
            {
                Name = route.Name,
                Match = match,
                Action = action,
            };
    }

    private Core.RouteMatch? Match(RouteMatch match)
    {
        context.NotSupported(
            match,
            ["headers", "query_parameters", "cookies", "grpc", "tls_context", "dynamic_metadata", "filter_state", "runtime_fraction"],
            "prefix or path, with case_sensitive"
        );
        var caseSensitive = match.CaseSensitive ?? true;
        switch (match.PathSpecifierCase)
        {
            case RouteMatch.PathSpecifierOneofCase.Prefix:
                return new Core.RouteMatch(PathSpecifier.Prefix, match.Prefix, caseSensitive);
            case RouteMatch.PathSpecifierOneofCase.Path:
                return new Core.RouteMatch(PathSpecifier.Path, match.Path, caseSensitive);
            case RouteMatch.PathSpecifierOneofCase.None:
                return null;
            default:
                context.NotSupported(match, FieldOf(RouteMatch.Descriptor, (int)match.PathSpecifierCase), "prefix, path");
                return null;
        }
    }

    private Core.RouteAction? Action(VirtualHost host, Route route)
    {
        if (route.Route_ is not { } action)
        {
            if (route.ActionCase != Route.ActionOneofCase.None)
            {
                context.NotSupported(route, FieldOf(Route.Descriptor, (int)route.ActionCase), "route");
            }

            return null;
        }

        switch (action.ClusterSpecifierCase)
        {
            case RouteAction.ClusterSpecifierOneofCase.Cluster:
                return Forward(host, action);
            case RouteAction.ClusterSpecifierOneofCase.None:
                return null;
            default:
                context.NotSupported(action, FieldOf(RouteAction.Descriptor, (int)action.ClusterSpecifierCase), "cluster");
                return null;
        }
    }

    /// <summary>Fields that change where a request goes, or what it is, are refused rather than left out.</summary>
    private Core.RouteAction Forward(VirtualHost host, RouteAction action)
    {
        context.NotSupported(
            action,
            [
                "prefix_rewrite",
                "regex_rewrite",
                "path_rewrite_policy",
                "path_rewrite",
                "host_rewrite_literal",
                "host_rewrite_header",
                "host_rewrite_path_regex",
                "host_rewrite",
                "max_stream_duration",
                "hedge_policy",
                "internal_redirect_policy",
                "internal_redirect_action",
                "retry_policy_typed_config",
            ],
            "cluster, timeout, auto_host_rewrite, retry_policy, priority"
        );
        var retries = new RetryPolicyBuilder(context);
        return new Core.RouteAction
        {
            Cluster = action.Cluster,
            TimeoutNs = BuildContext.Nanoseconds(action.Timeout, Core.RouteAction.DefaultTimeoutNs),
            AutoHostRewrite = action.AutoHostRewrite ?? false,
            Priority = (RoutingPriority)(int)action.Priority,

            // A route's policy replaces its virtual host's as a whole.
            RetryPolicy = retries.Build(action.RetryPolicy ?? host.RetryPolicy),
        };
    }

    private static string FieldOf(Google.Protobuf.Reflection.MessageDescriptor message, int number) => message.FindFieldByNumber(number).Name;
}
