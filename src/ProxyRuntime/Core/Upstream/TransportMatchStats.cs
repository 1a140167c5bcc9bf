namespace MeshSim.ProxyRuntime.Core;

/// <summary>How many hosts of a cluster found which of its transport sockets, under <c>cluster.&lt;name&gt;.&lt;match&gt;.total_match_count</c>.</summary>
internal sealed class TransportMatchStats
{
    private readonly ClusterSnapshot snapshot;
    private readonly Dictionary<string, Counter> counters = new(StringComparer.Ordinal);
    private readonly Counter others;

    public TransportMatchStats(StatSheet sheet, ClusterSnapshot snapshot)
    {
        this.snapshot = snapshot;
        others = sheet.Counter($"cluster.{snapshot.StatName}.default.total_match_count");
        foreach (var match in snapshot.TransportSocketMatches)
        {
            counters[match.Name] = sheet.Counter($"cluster.{snapshot.StatName}.{match.Name}.total_match_count");
        }
    }

    /// <summary>A host is made.</summary>
    public void Count(HostSnapshot host) => (snapshot.MatchFor(host) is { } match ? counters[match.Name] : others).Increment();
}
