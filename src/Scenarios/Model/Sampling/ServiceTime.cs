using System.Globalization;
using MeshSim.ProxyRuntime.Core;

namespace MeshSim.Scenarios.Model;

/// <summary>The shapes a plain service time can have.</summary>
public enum ServiceTimeShape
{
    Constant,
    Exponential,
    Lognormal,
}

/// <summary>A time of one of the plain shapes.</summary>
/// <param name="MeanNs">The mean, nanoseconds, whatever the shape.</param>
/// <param name="Sigma">Standard deviation of the logarithm, for lognormal.</param>
public sealed record ServiceTime(ServiceTimeShape Shape, long MeanNs, double Sigma = 0) : TimeModel
{
    public override double AverageNs => MeanNs;

    public override long SampleNs(RandomStream random) =>
        Shape switch
        {
            ServiceTimeShape.Exponential => Samplers.ExponentialNs(random, MeanNs),
            ServiceTimeShape.Lognormal => (long)(MeanNs * PlainMath.Exp((Sigma * Samplers.Normal(random)) - (Sigma * Sigma / 2))),
            _ => MeanNs,
        };

    public override string ToText() =>
        Shape == ServiceTimeShape.Lognormal
            ? string.Create(CultureInfo.InvariantCulture, $"{{lognormal: {Units.Duration(MeanNs)}, sigma: {Sigma:R}}}")
            : string.Create(CultureInfo.InvariantCulture, $"{{{Shape.ToString().ToLowerInvariant()}: {Units.Duration(MeanNs)}}}");
}
