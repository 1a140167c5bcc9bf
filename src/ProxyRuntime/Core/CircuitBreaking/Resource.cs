namespace MeshSim.ProxyRuntime.Core;

/// <summary>One limited resource of a cluster: how many are in use, and whether one more is allowed. Gauges are written with each change, as Envoy's are.</summary>
/// <param name="max">The limit.</param>
/// <param name="open">1 while the limit is reached; null where nobody is told.</param>
/// <param name="remaining">How many are left; null where nobody asked for it.</param>
internal sealed class Resource(ulong max, Gauge? open = null, Gauge? remaining = null)
{
    private long used;

    public ulong Max { get; } = max;

    public long Used => Volatile.Read(ref used);

    /// <summary>current &lt; max; the breaker is open when this is false.</summary>
    public bool CanCreate => (ulong)Used < Max;

    public void Increment() => Show(Interlocked.Increment(ref used));

    public void Decrement() => Show(Interlocked.Decrement(ref used));

    private void Show(long now)
    {
        var count = (ulong)now;
        open?.Set(count < Max ? 0 : 1);
        remaining?.Set((long)(count < Max ? Max - count : 0));
    }
}
