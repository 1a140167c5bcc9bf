using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using MeshSim.ProxyRuntime.Core;
using ActionMessage = Envoy.Config.Route.V3.RouteAction;
using MaxStreamDuration = MeshSim.ProxyRuntime.Core.MaxStreamDuration;
using RouteAction = MeshSim.ProxyRuntime.Core.RouteAction;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>Routes that forward: where to, how long, how often, with which path and host.</summary>
internal sealed class RouteActionBuilder(BuildContext context, RouteBuilder.Inherited inherited)
{
    /// <summary>The action; null, with a problem, if it names no cluster in a way that is supported.</summary>
    /// <param name="match">The match of its route; null if it cannot be had.</param>
    public RouteAction? Build(ActionMessage action, Core.RouteMatch? match)
    {
        context.NotSupported(
            action,
            ["cluster_specifier_plugin", "inline_cluster_specifier_plugin", "retry_policy_typed_config", "early_data_policy"],
            "cluster, cluster_header, weighted_clusters, retry_policy"
        );
        if (action.ClusterSpecifierCase == ActionMessage.ClusterSpecifierOneofCase.None)
        {
            return null;
        }

        CheckRewrites(action, match);
        var hedge = action.HedgePolicy ?? inherited.VirtualHost.HedgePolicy;
        if (action.HedgePolicy is not null)
        {
            CheckHedging(context, action.HedgePolicy);
        }

        var mirrors = new MirrorBuilder(context).BuildAll(action.RequestMirrorPolicies);
        return new RouteAction
        {
            Cluster = action.Cluster,
            ClusterHeader = action.ClusterHeader.Length > 0 ? HeaderName.Of(action.ClusterHeader) : null,
            WeightedClusters = action.WeightedClusters is { } weighted ? new WeightedClustersBuilder(context).Build(weighted) : null,
            ClusterNotFoundStatus = action.ClusterNotFoundResponseCode switch
            {
                ActionMessage.Types.ClusterNotFoundResponseCode.NotFound => 404,
                ActionMessage.Types.ClusterNotFoundResponseCode.InternalServerError => 500,
                _ => 503,
            },
            MetadataMatch = MetadataBuilder.LoadBalancing(action.MetadataMatch),
            TimeoutNs = BuildContext.MillisecondsNs(action.Timeout, RouteAction.DefaultTimeoutNs),
            IdleTimeoutNs = BuildContext.MillisecondsNs(action.IdleTimeout),
            MaxStreamDuration = action.MaxStreamDuration is { } duration
                ? new MaxStreamDuration(
                    BuildContext.MillisecondsNs(duration.MaxStreamDuration_),
                    BuildContext.MillisecondsNs(duration.GrpcTimeoutHeaderMax),
                    BuildContext.MillisecondsNs(duration.GrpcTimeoutHeaderOffset, 0)
                )
                : null,
            MaxGrpcTimeoutNs = BuildContext.MillisecondsNs(action.MaxGrpcTimeout),
            GrpcTimeoutOffsetNs = BuildContext.MillisecondsNs(action.GrpcTimeoutOffset, 0),
            HostRewriteLiteral = action.HostRewriteLiteral,
            HostRewriteHeader = action.HostRewriteHeader.Length > 0 ? HeaderName.Of(action.HostRewriteHeader) : null,
            HostRewritePathRegex = MatcherBuilder.Rewrite(action.HostRewritePathRegex),
            HostRewriteFormat = Format(action, "host_rewrite", action.HostRewrite),
            AutoHostRewrite = action.AutoHostRewrite ?? false,
            AppendForwardedHost = action.AppendXForwardedHost,
            PrefixRewrite = action.PrefixRewrite,
            RegexRewrite = MatcherBuilder.Rewrite(action.RegexRewrite),
            TemplateRewrite = TemplateRewrite(action, match),
            PathRewriteFormat = Format(action, "path_rewrite", action.PathRewrite),

            // A route's policy replaces its virtual host's as a whole.
            RetryPolicy = new RetryPolicyBuilder(context).Build(action.RetryPolicy ?? inherited.VirtualHost.RetryPolicy),
            HedgeOnPerTryTimeout = hedge?.HedgeOnPerTryTimeout ?? false,
            Priority = (RoutingPriority)(int)action.Priority,
            MirrorPolicies = mirrors.IsEmpty ? inherited.Mirrors : mirrors,
            HashPolicies = HashPolicyBuilder.BuildAll(action.HashPolicy),
            RateLimits = new RateLimitBuilder(context).BuildAll(action.RateLimits),
            IncludeVirtualHostRateLimits = action.IncludeVhRateLimits ?? false,
            InternalRedirect = new InternalRedirectBuilder(context).Build(action),
            Upgrades = Upgrades(action),
            Cors = new CorsBuilder(context).Build(action.Cors),
        };
    }

    /// <summary>Envoy itself acts only on hedge_on_per_try_timeout.</summary>
    public static void CheckHedging(BuildContext context, HedgePolicy hedge)
    {
        if (hedge.InitialRequests is > 1 || hedge.AdditionalRequestChance is { Numerator: > 0 })
        {
            context.Map.Warn(hedge, "initial_requests", "initial_requests and additional_request_chance have no effect in Envoy, and none here");
        }
    }

    private SubstitutionFormat? Format(ActionMessage action, string field, string text) =>
        text.Length == 0 ? null : new FormatBuilder(context).Text(action, field, text);

    private void CheckRewrites(ActionMessage action, Core.RouteMatch? match)
    {
        var rewrites =
            (action.PrefixRewrite.Length > 0 ? 1 : 0)
            + (action.RegexRewrite is null ? 0 : 1)
            + (action.PathRewritePolicy is null ? 0 : 1)
            + (action.PathRewrite.Length > 0 ? 1 : 0);
        if (rewrites > 1)
        {
            context.Map.Problem(action, "prefix_rewrite", "Specify only one of prefix_rewrite, regex_rewrite or path_rewrite_policy");
        }

        if (action.PrefixRewrite.Length > 0 && match?.Path.Specifier == PathSpecifier.PathMatchPolicy)
        {
            context.Map.Problem(action, "prefix_rewrite", "Cannot use prefix_rewrite with matcher extension");
        }
    }

    private UriTemplateRewrite? TemplateRewrite(ActionMessage action, Core.RouteMatch? match)
    {
        if (
            action.PathRewritePolicy is not { } policy
            || context.Extension(policy, policy.Name, policy.TypedConfig, "envoy.extensions.path.rewrite.", UriTemplateRewriteConfig.Descriptor)
                is not UriTemplateRewriteConfig config
        )
        {
            return null;
        }

        if (match is null)
        {
            return null; // Its problem is told.
        }

        if (match.Path.Template is not { } template)
        {
            context.Map.Problem(
                policy,
                "typed_config",
                "unable to use envoy.path.rewrite.uri_template.uri_template_rewriter extension without envoy.path.match.uri_template.uri_template_matcher extension"
            );
            return null;
        }

        var rewrite = UriTemplateRewrite.TryParse(config.PathTemplateRewrite, template, out var error);
        if (error is not null)
        {
            context.Map.Problem(config, "path_template_rewrite", $"path_rewrite_policy.path_template_rewrite {config.PathTemplateRewrite} is invalid: {error}");
        }

        return rewrite;
    }

    private ImmutableArray<(string Type, bool Enabled)> Upgrades(ActionMessage action)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (var upgrade in action.UpgradeConfigs)
        {
            if (!seen.Add(upgrade.UpgradeType))
            {
                context.Map.Problem(upgrade, "upgrade_type", $"Duplicate upgrade {upgrade.UpgradeType}");
            }

            if (upgrade.ConnectConfig is null)
            {
                continue;
            }

            if (upgrade.UpgradeType.ToUpperInvariant() is "CONNECT" or "CONNECT-UDP")
            {
                context.NotSupported(upgrade, "connect_config", "upgrade_type, enabled");
            }
            else
            {
                context.Map.Problem(upgrade, "connect_config", $"Non-CONNECT upgrade type {upgrade.UpgradeType} has ConnectConfig");
            }
        }

        return [.. action.UpgradeConfigs.Select(static upgrade => (upgrade.UpgradeType.ToLowerInvariant(), upgrade.Enabled ?? true))];
    }
}
