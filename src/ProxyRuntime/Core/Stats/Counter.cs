namespace MeshSim.ProxyRuntime.Core;

/// <summary>A number that only grows. One worker writes it; the same name in several workers is summed when read.</summary>
public sealed class Counter(string name)
{
    private long value;

    public string Name { get; } = name;

    public long Value => Volatile.Read(ref value);

    public void Increment() => value++;

    public void Add(long amount) => value += amount;
}
