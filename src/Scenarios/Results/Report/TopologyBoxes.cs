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

        var roles = scenario.Proxies.Where(static role => role.Replicas > 1).Select(static role => role.Name).ToHashSet(StringComparer.Ordinal);
        var services = scenario.Services.Select(static service => service.Name).ToHashSet(StringComparer.Ordinal);
        var ofProxies = proxies.ToLookup(name => RoleOfProxy(name, roles), StringComparer.Ordinal);
        var ofServices = endpoints.ToLookup(name => WithoutNumber(name, services), StringComparer.Ordinal);
        WithSidecars = ofProxies.Count + ofServices.Count > MostRoles;
        foreach (var group in ofServices.Concat(ofProxies))
        {
            var names = group.ToArray();
            var box = names.Length == 1 ? names[0] : string.Create(CultureInfo.InvariantCulture, $"{group.Key} ×{names.Length}");
            foreach (var name in names)
            {
                boxes[name] = WithSidecars && PodOf(name) is { } pod ? boxes.GetValueOrDefault(pod, box) : box;
            }
        }
    }

    /// <summary>Each replica has a box of its own.</summary>
    public bool IsByReplica { get; }

    /// <summary>An application and its sidecar are in one box.</summary>
    public bool WithSidecars { get; }

    public string Of(string name) => boxes.GetValueOrDefault(name, name);

    /// <summary>Of a sidecar the application it is beside; null for other proxies.</summary>
    private static string? PodOf(string proxy) => proxy.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? proxy[..dot] : null;

    private static string RoleOfProxy(string name, HashSet<string> roles) => PodOf(name) is { } pod ? name[(pod.Length + 1)..] : WithoutNumber(name, roles);

    private static string WithoutNumber(string name, HashSet<string> among) =>
        name.LastIndexOf('-') is > 0 and var dash && among.Contains(name[..dash]) ? name[..dash] : name;
}
