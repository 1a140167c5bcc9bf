namespace MeshSim.Scenarios.Engine;

/// <summary>The connections that proxies have open to an endpoint, each with the time when what was last said on it arrives.</summary>
internal sealed class CallerConnections
{
    private readonly SortedDictionary<(int Proxy, int Worker, long Number), long> lastArrivalNs = [];

    public void Add(int proxy, int worker, long number, long arrivalNs) => lastArrivalNs[(proxy, worker, number)] = arrivalNs;

    public void Remove(int proxy, int worker, long number) => _ = lastArrivalNs.Remove((proxy, worker, number));

    /// <summary>Whether it is open, and when what was last said on it arrives.</summary>
    public bool IsOpen(int proxy, int worker, long number, out long arrivalNs) => lastArrivalNs.TryGetValue((proxy, worker, number), out arrivalNs);

    /// <summary>All of them, in a fixed order; afterwards there are none.</summary>
    public ((int Proxy, int Worker, long Number) Connection, long ArrivalNs)[] TakeAll()
    {
        var all = lastArrivalNs.Select(static entry => (entry.Key, entry.Value)).ToArray();
        lastArrivalNs.Clear();
        return all;
    }
}
