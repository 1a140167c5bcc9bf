using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One host as running: shared by all workers of a proxy, so its numbers are atomic.</summary>
public sealed class HostState
{
    private readonly byte[] hostnameBytes;

    public HostState(HostSnapshot snapshot)
    {
        Snapshot = snapshot;
        hostnameBytes = Encoding.Latin1.GetBytes(snapshot.Hostname);
        Health = HostHealth.FromEds(snapshot.EdsHealth);
    }

    public HostSnapshot Snapshot { get; }

    public NetworkAddress Address => Snapshot.Address;

    /// <summary>Health flags as <c>/clusters</c> prints them.</summary>
    public HealthFlags Health { get; }

    public HostStats Stats { get; } = new();

    /// <summary>What outlier detection is to know of this host.</summary>
    public HostMonitor Monitor { get; } = new();

    private long healthySinceNs = -1;

    /// <summary>Since when it is healthy; from now on, if nobody has noted that yet.</summary>
    internal MonotonicTime HealthySince(MonotonicTime now)
    {
        _ = Interlocked.CompareExchange(ref healthySinceNs, now.Nanoseconds, -1);
        return new MonotonicTime(Volatile.Read(ref healthySinceNs));
    }

    internal ReadOnlySpan<byte> HostnameBytes => hostnameBytes;
}
