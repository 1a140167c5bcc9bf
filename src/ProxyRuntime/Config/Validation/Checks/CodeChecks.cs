using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Clusters.Dns.V3;
using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Envoy.Extensions.Filters.Http.JwtAuthn.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using HealthCheckFilter = Envoy.Extensions.Filters.Http.HealthCheck.V3.HealthCheck;
using HttpService = Envoy.Extensions.Filters.Http.ExtAuthz.V3.HttpService;
using RateLimitFilter = Envoy.Extensions.Filters.Http.Ratelimit.V3.RateLimit;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>What Envoy's code refuses beyond the rules of single fields: wherever a message stands, what it says must fit together.</summary>
/// <remarks>These checks do not depend on what is modelled here, so that the verdict on a configuration is Envoy's.</remarks>
internal static class CodeChecks
{
    public static void Check(SourceMap map, Bootstrap bootstrap)
    {
        var clusters = new ClusterNames(bootstrap.StaticResources?.Clusters ?? []);
        var regexErrorLevel = RegexChecks.ErrorLevel(bootstrap);
        foreach (var (message, _) in map.Messages)
        {
            switch (message)
            {
                case Cluster cluster:
                    ClusterChecks.Check(map, cluster);
                    HealthCheckChecks.Check(map, cluster);
                    break;
                case ClusterLoadAssignment assignment:
                    ClusterChecks.Check(map, assignment);
                    break;
                case OutlierDetection outlier:
                    ClusterChecks.Check(map, outlier);
                    break;
                case Cluster.Types.RefreshRate rate:
                    ClusterChecks.Check(map, rate, rate.BaseInterval, rate.MaxInterval);
                    break;
                case DnsCluster.Types.RefreshRate rate:
                    ClusterChecks.Check(map, rate, rate.BaseInterval, rate.MaxInterval);
                    break;
                case CircuitBreakers breakers:
                    ClusterChecks.Check(map, breakers);
                    break;
                case HealthCheck.Types.HttpHealthCheck http:
                    HealthCheckChecks.Check(map, http);
                    break;
                case HealthCheck.Types.Payload payload:
                    HealthCheckChecks.Check(map, payload);
                    break;
                case RouteConfiguration routes:
                    RouteChecks.Check(map, routes, clusters);
                    break;
                case Listener listener:
                    ListenerChecks.Check(map, listener);
                    break;
                case FilterChainMatch match:
                    ListenerChecks.Check(map, match);
                    break;
                case CidrRange range:
                    ListenerChecks.Check(map, range);
                    break;
                case RegexMatcher regex:
                    RegexChecks.Check(map, regex, regexErrorLevel);
                    break;
                case LocalRateLimit limit:
                    FilterChecks.Check(map, limit);
                    break;
                case RateLimitFilter limit:
                    FilterChecks.Check(map, limit);
                    break;
                case HealthCheckFilter check:
                    FilterChecks.Check(map, check);
                    break;
                case Mutations mutations:
                    FilterChecks.Check(map, mutations);
                    break;
                case Permission { DestinationPortRange: { } ports }:
                    FilterChecks.Check(map, ports);
                    break;
                case JwtAuthentication authentication:
                    FilterChecks.Check(map, authentication);
                    break;
                case ExtAuthz authorization:
                    FilterChecks.Check(map, authorization);
                    break;
                case HttpService service:
                    FilterChecks.Check(map, service);
                    break;
                case CheckSettings settings:
                    FilterChecks.Check(map, settings);
                    break;
                case ApiConfigSource source:
                    DiscoveryChecks.Check(map, source, clusters);
                    break;
                case DownstreamTlsContext context:
                    TlsChecks.Check(map, context);
                    break;
                case CommonTlsContext context:
                    TlsChecks.Check(map, context);
                    break;
                default:
                    LoadBalancingChecks.Check(map, message);
                    break;
            }
        }
    }
}

/// <summary>The clusters of static_resources by name.</summary>
internal sealed class ClusterNames(IEnumerable<Cluster> clusters)
{
    private readonly Dictionary<string, Cluster> byName = clusters
        .DistinctBy(static cluster => cluster.Name, StringComparer.Ordinal)
        .ToDictionary(static cluster => cluster.Name, StringComparer.Ordinal);

    public bool Has(string name) => byName.ContainsKey(name);

    /// <summary>True if discovery may speak to it: it must be there before anything was discovered.</summary>
    public bool HasForDiscovery(string name) => byName.TryGetValue(name, out var cluster) && cluster.Type != Cluster.Types.DiscoveryType.Eds;

    public string Suggest(string name) => NearestWord.Suggest(name, byName.Keys);
}
