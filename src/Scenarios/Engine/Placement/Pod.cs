using MeshSim.Scenarios.Model;

namespace MeshSim.Scenarios.Engine;

/// <summary>What is placed together: a proxy by itself, a client, or an application with its sidecar.</summary>
/// <param name="number">Its place among all pods.</param>
/// <param name="zone">Where it is; null for nowhere in particular.</param>
internal sealed class Pod(int number, string? zone)
{
    private readonly Dictionary<string, Listening> local = new(StringComparer.Ordinal);

    public int Number => number;

    public string? Zone => zone;

    /// <summary>What faults of the network may call it: its service, its proxy, its zone.</summary>
    public List<string> Names { get; } = zone is null ? [] : [zone];

    /// <summary>How many entities it has.</summary>
    public int Entities { get; set; }

    /// <summary>Who is within, by address, in the order they came.</summary>
    public List<PodNeighbour> Neighbours { get; } = [];

    /// <summary>Within the pod, this is at an address.</summary>
    public void Listen(string address, Listening at, string name)
    {
        local[address] = at;
        Neighbours.Add(new PodNeighbour(address, name));
    }

    /// <summary>Who listens at an address for those within; null where the address means the same as for everybody.</summary>
    public Listening? Find(string address) => local.TryGetValue(address, out var found) ? found : null;
}
