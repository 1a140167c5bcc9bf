using System.Text;

namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// One host as running: shared by all workers of a proxy, so its numbers are atomic. A proxy of a large mesh never uses most hosts it
/// knows: what is counted of one has its memory only from the first use on.
/// </summary>
public sealed class HostState
{
    private readonly OutlierDetectionSnapshot? outliers;
    private readonly string hostname;
    private byte[]? hostnameBytes;
    private HostSnapshot snapshot;
    private HostStats? stats;
    private HostMonitor? monitor;
    private int health;
    private long healthySinceNs = -1;
    private int used = 1;

    /// <param name="outliers">outlier_detection of its cluster; null for none.</param>
    public HostState(HostSnapshot snapshot, OutlierDetectionSnapshot? outliers = null)
    {
        this.snapshot = snapshot;
        this.outliers = outliers;
        hostname = snapshot.Hostname;
        health = (int)HostHealth.FromEds(snapshot.EdsHealth);
    }

    /// <summary>What discovery says of it now: weight, metadata, health, priority and the weight of its locality may change, the rest does not.</summary>
    public HostSnapshot Snapshot => Volatile.Read(ref snapshot);

    public NetworkAddress Address => Snapshot.Address;

    /// <summary>Health flags as the main machine has them now and <c>/clusters</c> prints them; workers go by what they were told.</summary>
    public HealthFlags Health => (HealthFlags)Volatile.Read(ref health);

    /// <summary>Its numbers, to count in.</summary>
    public HostStats Stats => Volatile.Read(ref stats) ?? Made(ref stats, new HostStats());

    /// <summary>Its numbers, only to read: all 0 if it was never used.</summary>
    public HostStats StatsSoFar => Volatile.Read(ref stats) ?? HostStats.Unused;

    /// <summary>What outlier detection is to know of this host, to count in.</summary>
    public HostMonitor Monitor => Volatile.Read(ref monitor) ?? Made(ref monitor, new HostMonitor(outliers));

    /// <summary>The same; null if it was never asked for anything.</summary>
    public HostMonitor? MonitorSoFar => Volatile.Read(ref monitor);

    /// <summary>What is known of its ejections; null if there was no reason to know anything. Belongs to the main machine.</summary>
    internal HostEjections? Ejections { get; set; }

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

    internal ReadOnlySpan<byte> HostnameBytes => Volatile.Read(ref hostnameBytes) ?? Made(ref hostnameBytes, Encoding.Latin1.GetBytes(hostname));

    /// <summary>Of several threads that make one at a time the first wins.</summary>
    private static T Made<T>(ref T? place, T made)
        where T : class => Interlocked.CompareExchange(ref place, made, null) ?? made;
}
