namespace MeshSim.ProxyRuntime.Core;

/// <summary>
/// Arrays for <see cref="ByteQueue"/>s of one thread: a connection on which nothing waits holds none, and those that are busy use the
/// same few after one another.
/// </summary>
public sealed class BufferPool
{
    /// <summary>Bytes of each array.</summary>
    public const int Size = 16 * 1024;

    /// <summary>More than these are left to the collector.</summary>
    private const int MaxKept = 256;

    private readonly Stack<byte[]> free = new();

    internal byte[] Rent() => free.TryPop(out var array) ? array : GC.AllocateUninitializedArray<byte>(Size);

    internal void Return(byte[] array)
    {
        if (free.Count < MaxKept)
        {
            free.Push(array);
        }
    }
}
