namespace MeshSim.ProxyRuntime.Core;

/// <summary>How many more requests one connection may carry: by what it carries now, and by what it has carried so far.</summary>
internal struct StreamCapacity
{
    /// <summary>What HTTP/2 has numbers for; Envoy's own bound, well below the protocol's.</summary>
    private const long AllStreams = 1 << 29;

    private readonly long configured;
    private long limit;
    private long remaining;

    /// <param name="concurrent">How many at once.</param>
    /// <param name="lifetime">max_requests_per_connection, 0 = no limit.</param>
    public StreamCapacity(long concurrent, long lifetime)
    {
        remaining = lifetime == 0 ? AllStreams : lifetime;
        configured = Math.Min(concurrent, remaining);
        limit = concurrent;
    }

    /// <summary>Requests under way.</summary>
    public long Active { get; private set; }

    /// <summary>How many more can begin now; below zero where the peer has lowered its limit meanwhile.</summary>
    public readonly long Unused => Math.Min(remaining, limit - Active);

    /// <summary>It will never take another request.</summary>
    public readonly bool IsSpent => remaining == 0;

    public void Begin()
    {
        remaining--;
        Active++;
    }

    public void End() => Active--;

    /// <summary>No more requests from now on.</summary>
    public void Spend() => remaining = 0;

    /// <summary>The peer's SETTINGS_MAX_CONCURRENT_STREAMS: counts where it is lower than what is configured.</summary>
    public void Allow(uint maxConcurrentStreams) => limit = Math.Min(maxConcurrentStreams, configured);
}
