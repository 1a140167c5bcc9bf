using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The shapes a service time can have.</summary>
public enum ServiceTimeShape
{
    Constant,
    Exponential,
    Lognormal,
}

/// <summary>How long a request takes a worker.</summary>
/// <param name="MeanNs">The mean, nanoseconds, whatever the shape.</param>
/// <param name="Sigma">Standard deviation of the logarithm, for lognormal.</param>
public sealed record ServiceTime(ServiceTimeShape Shape, long MeanNs, double Sigma = 0)
{
    public long SampleNs(RandomStream random) =>
        Shape switch
        {
            ServiceTimeShape.Exponential => Samplers.ExponentialNs(random, MeanNs),
            ServiceTimeShape.Lognormal => (long)(MeanNs * PlainMath.Exp((Sigma * Samplers.Normal(random)) - (Sigma * Sigma / 2))),
            _ => MeanNs,
        };
}
