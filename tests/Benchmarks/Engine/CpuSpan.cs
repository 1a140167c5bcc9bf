using System.Globalization;

namespace MeshSim.Benchmarks.Engine;

/// <summary>Processor time and allocated bytes of this thread since it was made. The compiler works in other threads.</summary>
internal readonly struct CpuSpan()
{
    private readonly long began = ThreadNs();
    private readonly long allocated = GC.GetAllocatedBytesForCurrentThread();

    public double Nanoseconds => ThreadNs() - began;

    public long Bytes => GC.GetAllocatedBytesForCurrentThread() - allocated;

    /// <summary>What the kernel says; reading it takes some microseconds.</summary>
    private static long ThreadNs()
    {
        var text = File.ReadAllText("/proc/thread-self/schedstat");
        return long.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
    }
}
