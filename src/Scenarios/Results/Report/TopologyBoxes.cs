using System.Globalization;
using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Results;

/// <summary>
/// Which box of the topology a proxy or endpoint is in: its own while there are few, else one for all replicas of its role, and where even roles are many one
/// for an application and its sidecar.
/// </summary>
internal sealed class TopologyBoxes
{
    private const int MostReplicas = 14;

    private const int MostRoles = 40;

    private readonly Dictionary<string, string> boxes = new(StringComparer.Ordinal);

    public TopologyBoxes(Scenario scenario, RunResult result)
    {
        var (proxies, endpoints) = (result.Proxies.Select(static proxy => proxy.Name), result.Endpoints.Select(static endpoint => endpoint.Name));
        IsByReplica = proxies.Concat(endpoints).Count() <= MostReplicas;
        if (IsByReplica)
        {
            return;
        }

        var replicas = new ReplicaNames(result);

        // Of a role that is alone the name may end in a number all the same.
        var alone = scenario.Proxies.Where(static role => role.Replicas == 1).Select(static role => role.Name).ToHashSet(StringComparer.Ordinal);
        var ofProxies = proxies.ToLookup(name => alone.Contains(name) ? name : replicas.Role(name), StringComparer.Ordinal);
        var ofServices = endpoints.ToLookup(ReplicaNames.WithoutNumber, StringComparer.Ordinal);
        var withSidecars = ofProxies.Count + ofServices.Count > MostRoles;
        foreach (var group in ofServices.Concat(ofProxies))
        {
            var names = group.ToArray();
            var box = names.Length == 1 ? names[0] : string.Create(CultureInfo.InvariantCulture, $"{group.Key} ×{names.Length}");
            foreach (var name in names)
            {
                boxes[name] = withSidecars && replicas.Pod(name) is { } pod ? boxes.GetValueOrDefault(pod, box) : box;
            }
        }
    }

    /// <summary>Each replica has a box of its own.</summary>
    public bool IsByReplica { get; }

    public string Of(string name) => boxes.GetValueOrDefault(name, name);
}
