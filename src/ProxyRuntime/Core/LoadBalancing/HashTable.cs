namespace MeshSim.ProxyRuntime.Core;

/// <summary>Gives the same host to the same hash. Immutable: built once for all workers, and anew when hosts or their health change.</summary>
internal abstract class HashTable
{
    /// <param name="draw">How many hosts were drawn for this choice already: a retry wants another one.</param>
    /// <param name="active">Requests under way to the cluster, of the whole proxy.</param>
    public abstract HostState? Find(ulong hash, int draw, long active);

    /// <summary>Adds what each host gets of a share of all hashes.</summary>
    public abstract void AddShares(double share, BalanceShares shares);

    /// <summary>What a host is known by: hash_key of its metadata, its name if that is asked for, else its address.</summary>
    public static string Key(HostState host, bool useHostname) =>
        host.Snapshot.Metadata.Get("envoy.lb")?.Field("hash_key") is { Text: { } key } ? key
        : useHostname && host.Snapshot.Hostname.Length > 0 ? host.Snapshot.Hostname
        : host.Address.ToString();
}
