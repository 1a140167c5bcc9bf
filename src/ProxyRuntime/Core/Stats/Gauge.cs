namespace MeshSim.ProxyRuntime.Core;

/// <summary>A number that goes up and down. One worker writes it; the same name in several workers is summed when read.</summary>
public sealed class Gauge(string name)
{
    private long value;

    public string Name { get; } = name;

    public long Value => Volatile.Read(ref value);

    /// <summary>True once it was written: what <c>/stats?usedonly</c> keeps.</summary>
    public bool Used { get; private set; }

    public void Increment() => Set(value + 1);

    public void Decrement() => Set(value - 1);

    /// <param name="amount">May be negative.</param>
    public void Add(long amount) => Set(value + amount);

    public void Set(long newValue)
    {
        value = newValue;
        Used = true;
    }
}
