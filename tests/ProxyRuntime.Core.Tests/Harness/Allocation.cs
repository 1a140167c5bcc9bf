namespace MeshSim.ProxyRuntime.Core.Tests;

/// <summary>Counts what something allocates.</summary>
internal static class Allocation
{
    private const int Tries = 50;

    /// <summary>
    /// Bytes that this thread allocates. A collection – another test's, for example – gives up the rest of a thread's piece of heap, which
    /// then counts as allocated: what was measured across one is measured again.
    /// </summary>
    public static long Of(Action action)
    {
        long allocated;
        var tries = 0;
        int collections;
        do
        {
            collections = GC.CollectionCount(0);
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        } while (GC.CollectionCount(0) != collections && ++tries < Tries);

        return allocated;
    }
}
