using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The moments at which the requests of a load are sent: open loop, whether answers come or not.</summary>
public sealed class PoissonArrivals(LoadModel load, RandomStream random)
{
    private long lastNs = load.FromNs;

    /// <summary>The next moment, nanoseconds since the run began; null when there are no more.</summary>
    public long? NextNs()
    {
        if (load.RatePerSecond <= 0 || lastNs >= load.UntilNs)
        {
            return null;
        }

        lastNs += Samplers.ExponentialNs(random, MonotonicTime.NanosecondsPerSecond / load.RatePerSecond);
        return lastNs < load.UntilNs ? lastNs : null;
    }
}
