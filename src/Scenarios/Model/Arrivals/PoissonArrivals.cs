using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>Arrivals at one rate, each independent of the others.</summary>
public sealed class PoissonArrivals(LoadModel load, RandomStream random) : ArrivalProcess
{
    private long lastNs = load.FromNs;

    public override long? NextNs()
    {
        if (load.RatePerSecond <= 0 || lastNs >= load.UntilNs)
        {
            return null;
        }

        lastNs += Samplers.ExponentialNs(random, MonotonicTime.NanosecondsPerSecond / load.RatePerSecond);
        return lastNs < load.UntilNs ? lastNs : null;
    }
}
