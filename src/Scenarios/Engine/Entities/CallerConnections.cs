namespace MeshSim.Scenarios.Engine;

/// <summary>The connections that callers have open to an endpoint.</summary>
internal sealed class CallerConnections
{
    private readonly Dictionary<Caller, CallerConnection> open = [];

    public CallerConnection Add(int caller, int worker, long number) => open[new Caller(caller, worker, number)] = new CallerConnection();

    public CallerConnection? Find(int caller, int worker, long number) => open.GetValueOrDefault(new Caller(caller, worker, number));

    /// <summary>It is closed; null if it was not there.</summary>
    public CallerConnection? Remove(int caller, int worker, long number) => open.Remove(new Caller(caller, worker, number), out var removed) ? removed : null;

    /// <summary>All of them, in a fixed order; afterwards there are none.</summary>
    public ((int Caller, int Worker, long Number) Key, CallerConnection Connection)[] TakeAll()
    {
        var all = open.Select(static entry => ((entry.Key.Proxy, entry.Key.Worker, entry.Key.Number), entry.Value))
            .OrderBy(static entry => entry.Item1)
            .ToArray();
        open.Clear();
        return all;
    }

    private readonly record struct Caller(int Proxy, int Worker, long Number)
    {
        public override int GetHashCode() => (int)Number ^ (Proxy * 31_415_821) ^ (Worker << 24);
    }
}

/// <summary>One connection, as its endpoint sees it.</summary>
internal sealed class CallerConnection
{
    /// <summary>When what was last said on it arrives; a connection keeps the order.</summary>
    public long LastArrivalNs { get; set; }

    /// <summary>Since when no request is under way on it.</summary>
    public long IdleSinceNs { get; set; }

    /// <summary>Requests that have come.</summary>
    public int Requests { get; set; }

    /// <summary>Requests that are not answered yet.</summary>
    public List<EndpointJob> UnderWay { get; } = [];
}
