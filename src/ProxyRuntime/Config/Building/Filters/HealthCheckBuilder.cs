using System.Collections.Immutable;
using MeshSim.ProxyRuntime.Core;
using HealthCheckMessage = Envoy.Extensions.Filters.Http.HealthCheck.V3.HealthCheck;

namespace MeshSim.ProxyRuntime.Config;

/// <summary>envoy.filters.http.health_check.</summary>
internal sealed class HealthCheckBuilder(BuildContext context)
{
    public HealthCheckSettings Build(HealthCheckMessage check) =>
        new()
        {
            PassThroughMode = check.PassThroughMode ?? false,
            CacheTimeNs = BuildContext.MillisecondsNs(check.CacheTime, 0),
            ClusterMinHealthyPercentages = Percentages(check),
            Headers = [.. check.Headers.Select(new MatcherBuilder(context).Header).OfType<HeaderMatcher>()],
        };

    /// <summary>Whole percent, the rest cut off.</summary>
    private static ImmutableArray<(string Cluster, uint Percent)> Percentages(HealthCheckMessage check) =>
        [
            .. check
                .ClusterMinHealthyPercentages.OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                .Select(static entry => (entry.Key, double.IsNaN(entry.Value.Value) ? 0 : (uint)entry.Value.Value)),
        ];
}
