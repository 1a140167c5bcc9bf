namespace MeshSim.Scenarios.Engine;

/// <summary>The connections that proxies have open to an endpoint, each with the time when what was last said on it arrives.</summary>
internal sealed class CallerConnections
{
    private readonly Dictionary<Caller, long> lastArrivalNs = [];

    public void Add(int proxy, int worker, long number, long arrivalNs) => lastArrivalNs[new Caller(proxy, worker, number)] = arrivalNs;

    public void Remove(int proxy, int worker, long number) => _ = lastArrivalNs.Remove(new Caller(proxy, worker, number));

    /// <summary>Whether it is open, and when what was last said on it arrives.</summary>
    public bool IsOpen(int proxy, int worker, long number, out long arrivalNs) => lastArrivalNs.TryGetValue(new Caller(proxy, worker, number), out arrivalNs);

    /// <summary>All of them, in a fixed order; afterwards there are none.</summary>
    public ((int Proxy, int Worker, long Number) Connection, long ArrivalNs)[] TakeAll()
    {
        var all = lastArrivalNs.Select(static entry => ((entry.Key.Proxy, entry.Key.Worker, entry.Key.Number), entry.Value)).Order().ToArray();
        lastArrivalNs.Clear();
        return all;
    }

    private readonly record struct Caller(int Proxy, int Worker, long Number)
    {
        public override int GetHashCode() => (int)Number ^ (Proxy * 31_415_821) ^ (Worker << 24);
    }
}
