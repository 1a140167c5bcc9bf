using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// What the names of a result say: <c>api-0.api-sidecar</c> is the sidecar beside <c>api-0</c>, which is replica 0 of <c>api</c>. Names of services may have dots
/// themselves.
/// </summary>
internal sealed class ReplicaNames(RunResult result)
{
    private readonly HashSet<string> endpoints = result.Endpoints.Select(static endpoint => endpoint.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Of a sidecar the application it is beside; null for other proxies.</summary>
    public string? Pod(string proxy)
    {
        for (var dot = proxy.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = proxy.IndexOf('.', dot + 1))
        {
            if (endpoints.Contains(proxy[..dot]))
            {
                return proxy[..dot];
            }
        }

        return null;
    }

    /// <summary>A sidecar without its pod, another proxy without its number.</summary>
    public string Role(string proxy) => Pod(proxy) is { } pod ? proxy[(pod.Length + 1)..] : WithoutNumber(proxy);

    /// <summary>What is replicated.</summary>
    public static string WithoutNumber(string name)
    {
        var dash = name.LastIndexOf('-');
        return dash >= 0 && dash < name.Length - 1 && name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? name[..dash] : name;
    }
}
