using System.Collections.Immutable;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>The proxies of a result that are replicas of one: <c>gateway-0</c> and <c>gateway-1</c>, or the sidecars of all pods of a service.</summary>
/// <param name="Name">What they have in common, <c>gateway</c> or <c>front-sidecar</c>; of one alone its own name.</param>
/// <param name="Responses">By outcome, in all of them.</param>
internal sealed record ProxyFamily(string Name, int Count, ImmutableSortedDictionary<string, long> Responses, long Retries)
{
    /// <summary>Responses that are failures, and retries: what somebody looks for first.</summary>
    public long Trouble => Retries + Responses.Where(static entry => ReportBuilder.IsFailure(entry.Key)).Sum(static entry => entry.Value);

    /// <summary>In the order in which the first of each comes.</summary>
    public static ImmutableArray<ProxyFamily> Of(RunResult result)
    {
        var names = new ReplicaNames(result);
        return [.. result.Proxies.GroupBy(proxy => names.Role(proxy.Name), StringComparer.Ordinal).Select(static group => Of(group.Key, [.. group]))];
    }

    private static ProxyFamily Of(string common, ProxyRecord[] proxies) =>
        new(
            proxies.Length == 1 ? proxies[0].Name : common,
            proxies.Length,
            proxies
                .SelectMany(static proxy => proxy.Responses)
                .GroupBy(static entry => entry.Key, StringComparer.Ordinal)
                .ToImmutableSortedDictionary(static group => group.Key, static group => group.Sum(static entry => entry.Value), StringComparer.Ordinal),
            proxies
                .SelectMany(static proxy => proxy.Stats)
                .Where(static entry => entry.Key.EndsWith(".upstream_rq_retry", StringComparison.Ordinal))
                .Sum(static entry => entry.Value)
        );
}
