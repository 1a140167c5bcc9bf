using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>One host as running: shared by all workers of a proxy, so its numbers are atomic.</summary>
public sealed class HostState
{
    private readonly byte[] hostnameBytes;
    private HostSnapshot snapshot;
    private int health;
    private long healthySinceNs = -1;
    private int used = 1;

    /// <param name="outliers">outlier_detection of its cluster; null for none.</param>
    public HostState(HostSnapshot snapshot, OutlierDetectionSnapshot? outliers = null)
    {
        this.snapshot = snapshot;
        hostnameBytes = Encoding.Latin1.GetBytes(snapshot.Hostname);
        Monitor = new HostMonitor(outliers);
        health = (int)HostHealth.FromEds(snapshot.EdsHealth);
    }

    /// <summary>What discovery says of it now: weight, metadata, health, priority and the weight of its locality may change, the rest does not.</summary>
    public HostSnapshot Snapshot => Volatile.Read(ref snapshot);

    public NetworkAddress Address => Snapshot.Address;

    /// <summary>Health flags as the main machine has them now and <c>/clusters</c> prints them; workers go by what they were told.</summary>
    public HealthFlags Health => (HealthFlags)Volatile.Read(ref health);

    public HostStats Stats { get; } = new();

    /// <summary>What outlier detection is to know of this host.</summary>
    public HostMonitor Monitor { get; }

    internal void SetHealth(HealthFlags flags) => Interlocked.Or(ref health, (int)flags);

    internal void ClearHealth(HealthFlags flags) => Interlocked.And(ref health, (int)~flags);

    /// <summary>Takes over what discovery says of it now; only the main machine calls it.</summary>
    internal void Update(HostSnapshot fresh)
    {
        var flags = HostHealth.FromEds(fresh.EdsHealth);
        Volatile.Write(ref snapshot, fresh);
        SetHealth(flags);
        ClearHealth(~flags & HostHealth.Eds);
    }

    /// <summary>Takes over what active checks say; only the main machine calls it.</summary>
    internal void SetActiveHealth(HealthFlags flags)
    {
        SetHealth(flags & HostHealth.Active);
        ClearHealth(~flags & HostHealth.Active);
    }

    /// <summary>Since when it is healthy; from now on, if nobody has noted that yet.</summary>
    internal MonotonicTime HealthySince(MonotonicTime now)
    {
        _ = Interlocked.CompareExchange(ref healthySinceNs, now.Nanoseconds, -1);
        return new MonotonicTime(Volatile.Read(ref healthySinceNs));
    }

    /// <summary>A balancer has chosen it.</summary>
    internal void MarkUsed() => Volatile.Write(ref used, 1);

    /// <summary>Whether it was chosen since this was asked before.</summary>
    internal bool TakeUsed() => Interlocked.Exchange(ref used, 0) != 0;

    /// <summary>A host that had failed its health checks has passed one: its slow start begins with the last of them.</summary>
    internal void NotePass(MonotonicTime now) => Volatile.Write(ref healthySinceNs, now.Nanoseconds);

    internal ReadOnlySpan<byte> HostnameBytes => hostnameBytes;
}
